"""The journal's tables. A change here is a migration, too; a test compares them.

`calls` are ordered by when they began: a number's upper bits are milliseconds since 1970 (`number_of`). It is also
found by the request id, of which its number is made, so that there is no index for either.

Sums are partial ones: each process that writes has rows of its own (`writer`), and after it has let go of one it begins
another (`part`). So it need not read to write, and what is there is replaced by what has come to be; readers add up.
Durations are milliseconds, or bins as in `core.histogram`.
"""

from sqlalchemy import BigInteger, Column, Double, Identity, Index, Integer, LargeBinary, MetaData, Table, Text, text

from gemini_balance.storage.schema import NAMES, NUMBER

JOURNAL = MetaData(naming_convention=NAMES)
TROUBLED = text("trouble > 0")

calls = Table(
    "calls",
    JOURNAL,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("request", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("model_asked", Text, nullable=False),
    Column("model_used", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("trouble", Integer, nullable=False),
    Column("ending", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("finish", Text, nullable=False),
    Column("latency", Integer, nullable=False),
    Column("first_byte", Integer),
    Column("waited", Integer, nullable=False),
    Column("prompt", Integer, nullable=False),
    Column("cached", Integer, nullable=False),
    Column("tool_use", Integer, nullable=False),
    Column("output", Integer, nullable=False),
    Column("thoughts", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("tried", Text, nullable=False),
    Index("calls_trouble", "id", sqlite_where=TROUBLED, postgresql_where=TROUBLED),
)
"""One row a call. `trouble`: see `rows.Trouble`. `model_asked` is empty where it was the one used. `tried`: attempts
and keys passed over, as JSON without names; of a single attempt that the other columns tell the rest of: when it began
and how long it took (milliseconds), and how its key was chosen."""

details = Table(
    "details",
    JOURNAL,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("body", Text),
)
"""What the caller of a failed call was told, and had sent."""

writers = Table(
    "writers",
    JOURNAL,
    Column("id", NUMBER, Identity(), primary_key=True),
    Column("began", Double, nullable=False),
)
"""Each process that ever wrote."""


def _sums(name: str, *subject: str) -> Table:
    """Without a number for each row in SQLite: the primary key is where the row is."""
    return Table(
        name,
        JOURNAL,
        Column("at", BigInteger, primary_key=True, autoincrement=False),
        *(Column(one, Text, primary_key=True) for one in (*subject, "model")),
        *(Column(one, Integer, primary_key=True, autoincrement=False) for one in ("status", "writer", "part")),
        *(Column(one, BigInteger, nullable=False) for one in COUNTED),
        Column("latency", LargeBinary, nullable=False),
        Column("first_byte", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


COUNTED = ("count", "errors", "prompt", "cached", "tool_use", "output", "thoughts", "total")
SPREAD = ("latency", "first_byte")
minutes = _sums("minutes")
hours = _sums("hours")
days = _sums("days")
token_hours = _sums("token_hours", "token")
token_days = _sums("token_days", "token")
key_days = _sums("key_days", "key")
"""Of keys: their attempts."""

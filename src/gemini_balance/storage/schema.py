"""The tables, of types that SQLite and PostgreSQL both have. A change here is a migration, too; a test compares them.

Times are seconds since 1970, lists are JSON. The journal, whose rows come and go by the million, is a set of its own:
storage/journal/schema.py.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "pk": "%(table_name)s_pkey",
}
METADATA = MetaData(naming_convention=NAMES)

# Compared by code point in both, so that all names of one beginning stand together.
PLAIN_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by themselves only in an INTEGER

resources = Table(
    "resources",
    METADATA,
    Column("client", PLAIN_TEXT, primary_key=True),
    Column("name", PLAIN_TEXT, primary_key=True),
    Column("key", Text, nullable=False),
    Column("until", Double, nullable=False),
    Index(None, "until"),
    Index(None, "name"),
)
"""Who owns what at Google."""

states = Table(
    "states",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
"""What a pool learnt, by the pool's name."""

vault = Table(
    "vault",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
)
"""One row: the random keys, wrapped by what SECRET_KEY makes of `salt`; `proof` names a wrong SECRET_KEY."""

keys = Table(
    "keys",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("upstream", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("project", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("models", Text, nullable=False),
    Column("proxy", LargeBinary, nullable=False),
    Column("tier", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("off", Text, nullable=False),
    Column("off_since", Double, nullable=False),
    Column("created", Double, nullable=False),
    UniqueConstraint("upstream", "fingerprint"),
)
"""Gemini keys. `sealed` and `proxy`, which may hold a password, are encrypted."""

tokens = Table(
    "tokens",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("models", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("rpm", Integer, nullable=False),
    Column("tokens_per_day", BigInteger, nullable=False),
    Column("expires", Double),
    Column("origin", Text, nullable=False),
    Column("off", Text, nullable=False),
    Column("off_since", Double, nullable=False),
    Column("created", Double, nullable=False),
    Column("last_used", Double),
)
"""Client tokens, of which only a keyed hash is kept."""

options = Table(
    "options",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What operators changed of the options, as JSON."""

accounts = Table(
    "accounts",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("initial", Boolean, nullable=False),
    Column("changed", Double, nullable=False),
    Column("epoch", Integer, nullable=False),
)
"""Who may operate."""

changes = Table(
    "changes",
    METADATA,
    Column("id", NUMBER, Identity(), primary_key=True),
    Column("at", Double, nullable=False),
    Column("who", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Index(None, "subject", "target"),
)
"""Who did what. Rows are only ever added; the last one's number tells whether anything changed."""

replicas = Table(
    "replicas",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("began", Double, nullable=False),
    Column("seen", Double, nullable=False),
)
"""Which processes serve. `seen` is by the database's clock."""

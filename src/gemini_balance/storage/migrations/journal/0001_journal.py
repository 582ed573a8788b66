"""Calls, what their callers were told, and sums by minute, hour and day.

With SQLite it is a file that can give space back piece by piece, which it can learn only before its first table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
SUMS = {
    "minutes": (),
    "hours": (),
    "days": (),
    "token_hours": ("token",),
    "token_days": ("token",),
    "key_days": ("key",),
}
TEXTS = ("request", "client", "token", "dialect", "operation", "model_asked", "model_used", "key")
COUNTED = ("count", "errors", "prompt", "cached", "tool_use", "output", "thoughts", "total")


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    _calls(number)
    op.create_table(
        "details",
        sa.Column("id", number, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("method", "path", "message")),
        sa.Column("body", sa.Text),
        sa.PrimaryKeyConstraint("id", name="details_pkey"),
    )
    op.create_table(
        "writers",
        sa.Column("id", number, sa.Identity(), nullable=False),
        sa.Column("began", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="writers_pkey"),
    )
    for name, subject in SUMS.items():
        _sums(name, *subject)


def downgrade() -> None:
    for name in (*SUMS, "writers", "details", "calls"):
        op.drop_table(name)


def _calls(number: sa.types.TypeEngine[int]) -> None:
    troubled = sa.text("trouble > 0")
    op.create_table(
        "calls",
        sa.Column("id", number, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("status", "trouble")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("ending", "cause", "finish")),
        sa.Column("latency", sa.Integer, nullable=False),
        sa.Column("first_byte", sa.Integer),
        sa.Column("waited", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTED[2:]),
        sa.Column("tried", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="calls_pkey"),
    )
    op.create_index("calls_trouble", "calls", ["id"], sqlite_where=troubled, postgresql_where=troubled)


def _sums(name: str, *subject: str) -> None:
    whose = (*subject, "model")
    which = ("status", "writer", "part")
    op.create_table(
        name,
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        *(sa.Column(one, sa.Text, nullable=False) for one in whose),
        *(sa.Column(one, sa.Integer, autoincrement=False, nullable=False) for one in which),
        *(sa.Column(one, sa.BigInteger, nullable=False) for one in COUNTED),
        *(sa.Column(one, sa.LargeBinary, nullable=False) for one in ("latency", "first_byte")),
        sa.PrimaryKeyConstraint("at", *whose, *which, name=f"{name}_pkey"),
        sqlite_with_rowid=False,
    )

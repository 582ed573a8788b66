"""The tables, of types that SQLite and PostgreSQL both have. A change here is a migration, too; a test compares them.

Times are seconds since 1970.
"""

from sqlalchemy import Column, Double, Index, LargeBinary, MetaData, Table, Text

METADATA = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "pk": "%(table_name)s_pkey",
    }
)

# Compared by code point in both, so that all names of one beginning stand together.
PLAIN_TEXT = Text().with_variant(Text(collation="C"), "postgresql")

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

"""Who owns what at Google, and what the pools learnt."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    by_code_point = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "resources",
        sa.Column("client", by_code_point, nullable=False),
        sa.Column("name", by_code_point, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("client", "name", name="resources_pkey"),
    )
    op.create_index("resources_until", "resources", ["until"])
    op.create_index("resources_name", "resources", ["name"])
    op.create_table(
        "states",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="states_pkey"),
    )


def downgrade() -> None:
    op.drop_table("states")
    op.drop_table("resources")

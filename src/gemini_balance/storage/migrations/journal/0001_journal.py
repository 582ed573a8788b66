"""The journal's beginning: with SQLite a file that can give space back piece by piece, which it can learn only here."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass

"""What Alembic runs: in the transaction, and with the connection, that `migrate` has opened."""

from alembic import context

from gemini_balance.storage.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

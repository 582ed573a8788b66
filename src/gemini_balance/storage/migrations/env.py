"""What Alembic runs: in the transaction, and with the connection, that `migrate` has opened."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["chain"].metadata,
    version_table=attributes["chain"].versions,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

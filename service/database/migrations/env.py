"""What Alembic runs for each command; the connection comes from `service.database.migrate`."""

from alembic import context

from service.database.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=lambda name, kind, _parents: kind != "table" or name in Base.metadata.tables,
)
with context.begin_transaction():
    context.run_migrations()

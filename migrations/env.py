"""One environment for every history. `migrations.run` hands over the connection and the history's name."""

from alembic import context

schema: str = context.config.attributes["history"]

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", version_table_schema=schema)
else:
    context.configure(connection=context.config.attributes["connection"], version_table_schema=schema)
with context.begin_transaction():
    context.run_migrations()

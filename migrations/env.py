"""One environment for every history. `migrations.run` hands over the connection and the history's name."""

from alembic import context

from migrations.histories import HISTORIES


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name == history.name


history = HISTORIES[context.config.attributes["history"]]
metadata = context.config.attributes.get("metadata")
arguments = {
    "target_metadata": metadata,
    "version_table_schema": history.name,
    "include_schemas": True,
    "include_name": include_name,
}

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", **arguments)
    with context.begin_transaction():
        context.run_migrations()
else:
    context.configure(connection=context.config.attributes["connection"], **arguments)
    with context.begin_transaction():
        context.run_migrations()

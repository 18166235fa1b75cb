"""What every migration needs: tables that a service stands on, walls, and facts that keep their past."""

from dataclasses import dataclass

from alembic import context, op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings

from services.kit.db.capacity import CAPACITY

PLUMBING = """
CREATE TABLE {s}.audit_entry (
    id uuid CONSTRAINT audit_entry_pkey PRIMARY KEY DEFAULT uuidv7(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    client text NOT NULL, person_id uuid, role text NOT NULL, organisation_id uuid, request_id text NOT NULL,
    action text NOT NULL, resource text NOT NULL, resource_id uuid,
    from_state text, to_state text, before jsonb, after jsonb
);
CREATE INDEX audit_entry_resource_idx ON {s}.audit_entry (resource, resource_id);
CREATE TABLE {s}.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT platform.now(),
    resource text NOT NULL, resource_id uuid NOT NULL, action text NOT NULL, organisation_id uuid
);
CREATE INDEX outbox_feed_idx ON {s}.outbox (xid, id);
CREATE TABLE {s}.idempotency (
    caller text NOT NULL, route text NOT NULL, key text NOT NULL,
    body_hash bytea NOT NULL, status integer NOT NULL, headers jsonb NOT NULL, body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (caller, route, key)
);
CREATE INDEX idempotency_created_at_idx ON {s}.idempotency (created_at);
CREATE TABLE {s}.blob (
    id uuid CONSTRAINT blob_pkey PRIMARY KEY DEFAULT uuidv7(),
    caller text NOT NULL,
    media_type text NOT NULL, file_name text NOT NULL, size bigint NOT NULL, sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE {s}.blob_chunk (
    blob_id uuid NOT NULL, ordinal integer NOT NULL, content bytea NOT NULL,
    CONSTRAINT blob_chunk_pkey PRIMARY KEY (blob_id, ordinal)
);
CREATE TABLE {s}.operation (
    id uuid CONSTRAINT operation_pkey PRIMARY KEY DEFAULT uuidv7(),
    caller text NOT NULL,
    principal jsonb NOT NULL, kind text NOT NULL, state text NOT NULL DEFAULT 'queued',
    done bigint NOT NULL DEFAULT 0, total bigint, cancel_requested boolean NOT NULL DEFAULT false,
    tries integer NOT NULL DEFAULT 0,
    result jsonb, problem jsonb,
    created_at timestamptz NOT NULL DEFAULT platform.now(), finished_at timestamptz,
    CONSTRAINT operation_state CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled'))
);
CREATE TABLE {s}.import (
    id uuid CONSTRAINT import_pkey PRIMARY KEY CONSTRAINT import_operation_id_fkey REFERENCES {s}.operation (id),
    caller text NOT NULL,
    receipt_number text NOT NULL CONSTRAINT import_receipt_number_key UNIQUE,
    arrived_at timestamptz NOT NULL DEFAULT platform.now(),
    kind text NOT NULL, mode text NOT NULL, dry_run boolean NOT NULL, history boolean NOT NULL,
    source_id uuid NOT NULL CONSTRAINT import_source_id_fkey REFERENCES {s}.blob (id),
    marked_id uuid CONSTRAINT import_marked_id_fkey REFERENCES {s}.blob (id),
    charset text, summary jsonb,
    CONSTRAINT import_mode CHECK (mode IN ('atomic', 'partial'))
);
CREATE SEQUENCE {s}.receipt_number;
CREATE TABLE {s}.import_problem (
    import_id uuid NOT NULL CONSTRAINT import_problem_import_id_fkey REFERENCES {s}.import (id),
    ordinal integer NOT NULL, row integer NOT NULL, problem jsonb NOT NULL,
    CONSTRAINT import_problem_pkey PRIMARY KEY (import_id, ordinal)
);
"""

# An entry that is there already is of the transaction that adds the column: they are sealed in the order of their ids.
AUDIT_TRAIL = """
ALTER TABLE {s}.audit_entry
    ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    ADD COLUMN subjects uuid[];
CREATE INDEX audit_entry_sealing_idx ON {s}.audit_entry (xid, id);
CREATE INDEX audit_entry_client_idx ON {s}.audit_entry (client, at);
CREATE TABLE {s}.audit_leaf (
    position bigint CONSTRAINT audit_leaf_pkey PRIMARY KEY,
    entry_id uuid NOT NULL CONSTRAINT audit_leaf_entry_id_key UNIQUE
        CONSTRAINT audit_leaf_entry_id_fkey REFERENCES {s}.audit_entry (id),
    hash bytea NOT NULL
);
CREATE TABLE {s}.audit_checkpoint (
    tree_size bigint CONSTRAINT audit_checkpoint_pkey PRIMARY KEY,
    root_hash bytea NOT NULL, sealed_at timestamptz NOT NULL, signed_note text NOT NULL, verifier_key text NOT NULL
);
"""

# Whoever writes has said who they are.
SAID = "(SELECT platform.caller('key')) IS NOT NULL"
OWNED = ("blob", "operation", "import")


def run(sql: str) -> None:
    """Run several statements at once, which a prepared statement of SQLAlchemy's driver does not take."""
    if context.is_offline_mode():
        op.execute(sql)
    else:
        op.get_bind().connection.run_async(lambda driver: driver.execute(sql))


@dataclass(frozen=True, slots=True)
class Schema:
    """The schema that a migration works on, with its two roles."""

    name: str
    owner: str
    application: str = ""

    def plumbing(self, *, jobs: bool) -> None:
        """Audit, outbox, idempotency, operations, imports and blobs; the job queue where there are jobs."""
        run(PLUMBING.format(s=self.name))
        run(f"GRANT USAGE ON SCHEMA {self.name} TO {self.application}")
        run(f"GRANT USAGE ON SEQUENCE {self.name}.receipt_number TO {self.application}")
        own = "caller = (SELECT platform.caller('key')) OR (SELECT platform.caller_is('worker'))"
        self.wall("audit_entry", read="false", grants="INSERT")
        self.wall(
            "outbox",
            read="(SELECT platform.caller_is('coordinator', 'registrar', 'service', 'worker')) "
            "OR organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])",
            grants="SELECT, INSERT",
        )
        same = "caller = (SELECT platform.caller('key'))"
        self.wall("idempotency", read=same, write=same)
        for table in OWNED:
            self.wall(table, read=own, write=own)
        through = "EXISTS (SELECT FROM {s}.{parent} AS p WHERE p.id = {column})"
        for table, parent, column in (
            ("blob_chunk", "blob", "blob_id"),
            ("import_problem", "import", "import_id"),
        ):
            rule = through.format(s=self.name, parent=parent, column=column)
            self.wall(table, read=rule, write=rule, grants="SELECT, INSERT, DELETE")
        if jobs:
            self.jobs()

    def audit_trail(self, reader: str = "auditor") -> None:
        """Entries name whom a read showed; a job seals them as leaves of a tree, and signs how far it has grown."""
        run(AUDIT_TRAIL.format(s=self.name))
        reads = f"(SELECT platform.caller_is('{reader}', 'worker'))"
        run(
            f"GRANT SELECT ON {self.name}.audit_entry TO {self.application}; CREATE POLICY audit_entry_select "
            f"ON {self.name}.audit_entry FOR SELECT TO {self.application} USING ({reads})"
        )
        for table in ("audit_leaf", "audit_checkpoint"):
            sealed = "(SELECT platform.caller_is('worker'))"
            self.wall(table, read=reads, write=sealed, grants="SELECT, INSERT")

    def drop_audit_trail(self) -> None:
        run(
            f"DROP TABLE {self.name}.audit_leaf, {self.name}.audit_checkpoint; "
            f"DROP INDEX {self.name}.audit_entry_client_idx; DROP POLICY audit_entry_select ON {self.name}.audit_entry; "
            f"REVOKE SELECT ON {self.name}.audit_entry FROM {self.application}; "
            f"ALTER TABLE {self.name}.audit_entry DROP COLUMN subjects, DROP COLUMN xid"
        )

    def capacity(self) -> None:
        """Pools of seats and the claims on them, which know no person: whose a claim is says a record with its id."""
        run(CAPACITY.format(s=self.name))
        for table in ("capacity_pool", "capacity_claim"):
            self.wall(table, read=SAID, grants="SELECT, INSERT, UPDATE")

    def drop_capacity(self) -> None:
        run(
            f"DROP TABLE {self.name}.capacity_claim, {self.name}.capacity_pool; "
            f"DROP FUNCTION {self.name}.capacity_take"
        )

    def wall(
        self, table: str, *, read: str, write: str = SAID, insert: str = "", change: str = "", delete: str = "",
        grants: str = "SELECT, INSERT, UPDATE, DELETE",
    ) -> None:  # fmt: skip
        """Row-level security, forced: the application sees what `read` holds for and stores what `write` does.

        `insert` and `delete` stand for `write` where not all who change a row make one, or remove it; `change` says which
        rows a change finds, where these are fewer than are read: `write` alone asks of the row as it becomes.
        The owner's own policy is there because FORCE binds owners too: a backfill would touch nothing.
        """
        name = f"{self.name}.{table}"
        run(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY; ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        run(f"CREATE POLICY {table}_owner ON {name} TO {self.owner} USING (true) WITH CHECK (true)")
        run(f"GRANT {grants} ON {name} TO {self.application}")
        policies = {"SELECT": f"USING ({read})", "INSERT": f"WITH CHECK ({insert or write})"}
        policies |= {
            "UPDATE": f"USING ({change or read}) WITH CHECK ({write})",
            "DELETE": f"USING (({read}) AND ({delete or write}))",
        }
        for verb, rule in policies.items():
            if verb in grants:
                run(f"CREATE POLICY {table}_{verb.lower()} ON {name} FOR {verb} TO {self.application} {rule}")

    def fact(self, table: str, *, read: str, write: str = SAID, apart: tuple[str, ...] = ()) -> None:
        """A table with its wall and its past; `read` names the table it is for as `{table}`.

        The past takes rows of anybody, until a later migration gives its policy the rule `write`.
        """
        self.wall(table, read=read.format(table=table), write=write)
        self.past(table, read=read, apart=apart)

    def past(self, table: str, *, read: str, write: str = SAID, apart: tuple[str, ...] = ()) -> None:
        """Give `table` a past: it has `id`, `effective` and `known_from`, and keeps every earlier value.

        `<table>_past` is insert-only; `<table>_known` unites both for a reader's `known_at`. `read` names the
        table it is for as `{table}`; `write` is the table's own, in whose writer's name the trigger stores.
        A change of the columns `apart` is no change of what is known.
        """
        ignored = ", ".join(f"'{column}'" for column in apart)
        name, past = f"{self.name}.{table}", f"{self.name}.{table}_past"
        run(
            f"CREATE TABLE {past} (LIKE {name}, known tstzrange NOT NULL, "
            f"CONSTRAINT {table}_past_once EXCLUDE USING gist (id WITH =, effective WITH &&, known WITH &&), "
            f"CONSTRAINT {table}_past_known CHECK (NOT isempty(known)))"
        )
        run(f"CREATE INDEX {table}_past_effective_idx ON {past} USING gist (effective, known)")
        run(
            f"CREATE TRIGGER {table}_keep_past BEFORE UPDATE OR DELETE ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION platform.keep_past({ignored}); "
            f"CREATE TRIGGER {table}_known_from BEFORE INSERT OR UPDATE ON {name} "
            f"FOR EACH ROW EXECUTE FUNCTION platform.known_before_go_live()"
        )
        self.wall(
            f"{table}_past", read=read.format(table=f"{table}_past"), write=write, grants="SELECT, INSERT"
        )
        run(
            f"CREATE VIEW {self.name}.{table}_known WITH (security_invoker = true) AS "
            f"SELECT t.*, tstzrange(t.known_from, NULL) AS known FROM {name} AS t "
            f"UNION ALL SELECT p.* FROM {past} AS p"
        )
        run(f"GRANT SELECT ON {self.name}.{table}_known TO {self.application}")

    def jobs(self) -> None:
        """The job queue of this service; an enqueuing role needs the log too, so payloads hold ids only."""
        run(QueryBuilderEnvironment(DBSettings(db_schema=self.name)).build_install_query(create_schema=False))
        run(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {self.name}.pgqueuer, {self.name}.pgqueuer_log, "
            f"{self.name}.pgqueuer_statistics, {self.name}.pgqueuer_schedules TO {self.application}; "
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {self.name} TO {self.application}"
        )

    def drop_jobs(self) -> None:
        run(QueryBuilderEnvironment(DBSettings(db_schema=self.name)).build_uninstall_query())

    def drop(self) -> None:
        """Undo the first migration of a schema: everything in it but the schema itself."""
        for kind, catalogue, prefix, name, condition in (
            ("VIEW", "pg_class", "rel", "regclass", "relkind = 'v'"),
            ("TABLE", "pg_class", "rel", "regclass", "relkind = 'r' AND relname <> 'alembic_version'"),
            ("FUNCTION", "pg_proc", "pro", "regprocedure", "true"),
            ("SEQUENCE", "pg_class", "rel", "regclass", "relkind = 'S'"),
            ("TYPE", "pg_type", "typ", "regtype", "typtype = 'e'"),
        ):
            # the whole list before the first drop, which may take others of it along
            run(
                "DO $$ BEGIN EXECUTE (SELECT coalesce("
                f"string_agg(format('DROP {kind} IF EXISTS %s CASCADE', oid::{name}), '; '), '') "
                f"FROM {catalogue} WHERE {prefix}namespace = '{self.name}'::regnamespace AND {condition}); "
                "END $$"
            )

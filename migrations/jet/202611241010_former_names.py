"""A participant is found by the names before: a change of name keeps the one that it replaces."""

from services.kit.db.migration import run

revision = "jet_0007"
down_revision = "jet_0006"
branch_labels = None
depends_on = None

# They go with the row, when its person is erased. A reading that changes alone is no other name.
FORMER = """
ALTER TABLE jet.person_detail ADD COLUMN former_names text, ADD COLUMN former_key text;
CREATE FUNCTION jet.keep_former_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.former_names := left(concat_ws(' / ', OLD.former_names,
        concat_ws(' ', OLD.family_name, OLD.given_name, OLD.middle_name)), 1000);
    NEW.former_key := left(concat_ws(' ', OLD.former_key, OLD.search_key), 4000);
    RETURN NEW;
END $$;
CREATE TRIGGER keep_former_name BEFORE UPDATE OF family_name, given_name, middle_name ON jet.person_detail
    FOR EACH ROW WHEN ((OLD.family_name, OLD.given_name, OLD.middle_name)
        IS DISTINCT FROM (NEW.family_name, NEW.given_name, NEW.middle_name))
    EXECUTE FUNCTION jet.keep_former_name();
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX person_detail_former_idx ON jet.person_detail USING gin (former_key gin_trgm_ops);
"""


def upgrade() -> None:
    run(FORMER)


def downgrade() -> None:
    run(
        "DROP TRIGGER keep_former_name ON jet.person_detail; DROP FUNCTION jet.keep_former_name; "
        "ALTER TABLE jet.person_detail DROP COLUMN former_names, DROP COLUMN former_key"
    )

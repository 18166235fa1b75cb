"""How rows become records: the same path for one body and for a file of two hundred thousand rows."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import ARRAY, Table, any_, literal, select

from services.kit import audit
from services.kit.db.merge import alike, identities, merge, touch
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, EXISTS, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.resource import Basis, Change, Ref, Resource, Row, together
from services.kit.text import Text

# A row of a single change is matched by its id, because its natural key may be what changes.
PATCH = "_patch"
# The fields that a single change leaves as they are: what they name is not asked for again.
KEPT = "_kept"

FIXED = Finding(
    "fixed_by_identity",
    Text("この項目は変更できません", "This field cannot be changed"),
    Text(
        "どの記録かを決める項目です。元の値に戻すか、新しい記録を作成してください。",
        "It says which record this is. Leave it as it was, or make a new record.",
    ),
)

NOT_YOURS = Finding(
    "field_not_yours",
    Text("この項目は、この役割では書き込めません", "This field is not yours to write"),
    Text(
        "元の値のままにしてください。新しい記録では空欄にしてください。変更が必要なときは CLAIR に連絡してください。",
        "Leave it as it stands, and out of a new record. Ask CLAIR where it has to change.",
    ),
)

Problems = dict[int, list[tuple[str, Finding]]]
Known = defaultdict[str, dict[Any, Any]]
MOST_KNOWN = 20_000  # of each column, so that a long file does not fill the memory


def changes_nothing(row: Row, write: type[BaseModel]) -> bool:
    """Of a single change that leaves each field as it is: a rule on who may write until when has nothing to refuse."""
    return PATCH in row and row[KEPT] >= write.model_fields.keys()


async def _resolve(
    session: WriteSession, ref: Ref, rows: Sequence[Row], problems: Problems, known: dict[Any, Any]
) -> None:
    codes = {row[ref.field] for row in rows if row.get(ref.field) is not None}
    code, identity = ref.table.c[ref.code], ref.table.c["id" if "id" in ref.table.c else ref.code]
    asked = codes - known.keys()
    statement = select(code, identity).where(code == any_(literal(list(asked), ARRAY(code.type))))
    kept = all(ref.field in row.get(KEPT, ()) for row in rows)
    if ref.within is not None and session.scope.reach != "all" and not kept:
        statement = statement.where(ref.within(ref.table))
    fresh: dict[Any, Any] = {row[0]: row[1] for row in await session.execute(statement)} if asked else {}
    if len(known) < MOST_KNOWN:
        known |= fresh
    found: dict[Any, Any] = {given: fresh[given] if given in fresh else known.get(given) for given in codes}
    unknown: set[Any] = {given for given, one in found.items() if one is None}
    meant = await ref.meant(session, unknown) if ref.meant is not None and unknown else {}
    for row in rows:
        given: Any = row.get(ref.field)
        row[ref.column] = found.get(given)
        if given in unknown:
            problems.setdefault(row["_row"], []).append((ref.field, meant.get(given, ref.unknown)))


async def _held(
    session: WriteSession, resource: Resource, rows: Sequence[Row], names: Sequence[str]
) -> dict[int, Any]:
    """What the records that rows of a file name hold now, by row."""
    first = resource.parts[0]
    ids = await identities(session, first.table, rows, first.key)
    shown = resource.source(Basis()).subquery("held")
    wanted = select(shown.c.id, *(shown.c[name] for name in names)).where(shown.c.id.in_(set(ids.values())))
    found = {row.id: row._mapping for row in await session.execute(wanted)} if ids else {}
    return {number: found[identity] for number, identity in ids.items() if identity in found}


async def _leave_to_others(
    session: WriteSession, resource: Resource, rows: Sequence[Row], problems: Problems
) -> None:
    """What roles other than the caller's decide is left as it stands; a row that would write it is refused."""
    role, write = session.scope.principal.role, resource.write
    names = [name for name, roles in resource.decided.items() if role not in roles]
    if not names or write is None:
        return
    sound = [row for row in rows if row["_row"] not in problems]
    held = await _held(session, resource, [row for row in sound if PATCH not in row], names)
    for row in sound:
        if (stands := held.get(row["_row"])) is not None:
            row[KEPT] = {name for name in names if row[name] == stands[name]}
        kept = row[KEPT] if KEPT in row else {n for n in names if _left_out(write.model_fields[n], row[n])}
        if written := [(name, NOT_YOURS) for name in names if name not in kept]:
            problems.setdefault(row["_row"], []).extend(written)


def _left_out(field: FieldInfo, value: object) -> bool:
    return field.is_required() or value == field.get_default(call_default_factory=True)


async def prepare(
    session: WriteSession, resource: Resource, rows: list[Row], known: Known | None = None
) -> Problems:
    """Resolve codes, derive columns and check the rules; what is found, by row. `known`: what the earlier rows of a
    file have named, which goes on standing while its transaction lasts."""
    problems: Problems = {
        row["_row"]: [(name, FIXED) for name in fixed]
        for row in rows
        if PATCH in row and (fixed := [name for name in resource.fixed if name not in row[KEPT]])
    }
    if problems:
        return problems
    for ref in resource.refs:
        await _resolve(session, ref, rows, problems, {} if known is None else known[ref.field])
    for row in rows:
        if resource.derive is not None:
            resource.derive(row)
    await _leave_to_others(session, resource, rows, problems)
    sound = [row for row in rows if row["_row"] not in problems]
    if resource.check is not None and sound:
        for number, found in (await resource.check(session, sound)).items():
            if found:
                problems.setdefault(number, []).extend(found)
    await _stay(session, resource, [row for row in sound if not problems.get(row["_row"])], problems)
    return problems


async def _stay(session: WriteSession, resource: Resource, rows: Sequence[Row], problems: Problems) -> None:
    """A row of a file that has the code of a record leaves what it is of, as a single change does: what is below that
    record would stay behind."""
    names = [ref.field for ref in resource.refs if ref.field in resource.fixed]
    sent = [row for row in rows if PATCH not in row]
    if not names or not sent or resource.parts[0].key != (resource.code,):
        return
    held = await _held(session, resource, sent, names)
    for row in sent:
        number, stands = row["_row"], held.get(row["_row"])
        if stands is None:
            continue
        if moved := [(name, FIXED) for name in names if row[name] != stands[name]]:
            problems.setdefault(number, []).extend(moved)


async def unstored(session: WriteSession, table: Table, rows: list[Row], key: tuple[str, ...]) -> list[Row]:
    """The rows that would make a new record: neither changes of one nor named by `key`."""
    new = [row for row in rows if PATCH not in row]
    stored = await identities(session, table, new, key)
    return [row for row in new if row["_row"] not in stored]


async def store_parts(
    session: WriteSession, resource: Resource, rows: list[Row], insert_only: bool
) -> list[Change]:
    """MERGE each part; a record whose lesser part alone changed has changed too."""
    first, *others = resource.parts
    key, told = ("id",) if PATCH in rows[0] else first.key, one_alone(rows)
    merged = await merge(session, first.table, rows, key, insert_only=insert_only, once=first.once, told=told)
    changes = {change.row: change for change in merged}
    if insert_only and len(changes) < len(rows):
        raise EXISTS()
    if not others:
        return list(changes.values())
    missing = [row for row in rows if row["_row"] not in changes]
    ids = {number: change.id for number, change in changes.items()}
    ids |= await identities(session, first.table, missing, key)
    lesser: list[Change] = []
    for part in others:
        linked = [row | {part.link: ids[row["_row"]]} for row in rows]
        for row in linked:
            if "id" in part.table.c:
                row.pop("id", None)
        merged = await merge(session, part.table, linked, part.key, once=part.once, told=told)
        lesser += [one.of(ids[one.row], part.table.name) for one in merged if told or one.row not in changes]
    return await with_lesser(session, first.table, changes, lesser)


async def repeated(session: WriteSession, resource: Resource, rows: Sequence[Row]) -> set[int]:
    """The rows that say what is stored already: a single change by what it keeps, a row of a file by what a reader is
    shown of its record. A check that closes records has nothing to say of them, so that a list may be sent again."""
    assert resource.write is not None
    names = [name for name in resource.write.model_fields if name in resource.fields]
    same = {row["_row"] for row in rows if PATCH in row and row[KEPT] >= set(names)}
    first = resource.parts[0]
    sent = [row for row in rows if PATCH not in row]
    ids = await identities(session, first.table, sent, first.key)
    stored = [row | {"id": ids[row["_row"]]} for row in sent if row["_row"] in ids]
    return same | await alike(session, resource.source(Basis()).subquery("shown"), stored, names)


def one_alone(rows: Sequence[Row]) -> bool:
    """Whether the audit tells of what a row changed; of the rows of a file it has one entry for them all."""
    return len(rows) == 1


async def with_lesser(
    session: WriteSession, table: Table, changes: dict[int, Change], lesser: Sequence[Change]
) -> list[Change]:
    """One change per row: its record's own and that of lesser parts. Where those alone changed, its version moves."""
    if quiet := {change.id for change in lesser if change.row not in changes}:
        await touch(session, table, list(quiet))
    return together([*changes.values(), *lesser])


async def _differing(session: WriteSession, resource: Resource, rows: list[Row]) -> list[Row]:
    """Rows of a file whose check has found their records are compared once, with what is shown of them: most of a
    list that comes back is as it was."""
    known = [row for row in rows if "id" in row]
    if not known or resource.write is None:
        return rows
    names = [name for name in resource.write.model_fields if name in resource.fields]
    same = await alike(session, resource.source(Basis()).subquery("shown"), known, names)
    return [row for row in rows if row["_row"] not in same]


async def store(
    session: WriteSession, resource: Resource, rows: list[Row], *, insert_only: bool = False
) -> list[Change]:
    """Store prepared rows and publish each changed record, unless it is hidden; the caller writes the audit row."""
    if not one_alone(rows):
        rows = await _differing(session, resource, rows)
    if not rows:
        return []
    if resource.store is not None:
        changes = await resource.store(session, rows, insert_only)
    else:
        changes = await store_parts(session, resource, rows, insert_only)
    by_row = {row["_row"]: row for row in rows}
    if resource.organisation:
        changes = [one.at(by_row[one.row].get(resource.organisation)) for one in changes]
    if not resource.hidden:
        await audit.publish(session, resource.schema, resource.becomes or resource.plural, changes)
    return changes


def _refused(resource: Resource, found: list[tuple[str, Finding]]) -> Refused:
    """What a check finds first is answered as when the constraint, or the state, behind it finds it."""
    errors = tuple(
        FieldError(f"/{name}", finding.code, finding.message, finding.remedy) for name, finding in found
    )
    codes = {finding.code for _, finding in found}
    if codes == {ACTION_CLOSED.code}:
        return Refused(ACTION_CLOSED, found[0][1].remedy, errors)
    conflicts = {refusal.code: refusal for refusal in resource.constraints.values()}
    refusal = conflicts[codes.pop()] if len(codes) == 1 and codes <= conflicts.keys() else INVALID
    return refusal(*errors)


async def store_one(
    session: WriteSession, resource: Resource, row: Row, *, insert_only: bool
) -> Change | None:
    """One body: every problem is refused with its pointer; None when nothing changed."""
    row["_row"] = 0
    found = (await prepare(session, resource, [row])).get(0, [])
    errors = [(name, finding) for name, finding in found if finding.severity == "error"]
    if errors:
        raise _refused(resource, errors)
    changes = await store(session, resource, [row], insert_only=insert_only)
    if changes and resource.settle is not None:
        await resource.settle(session, [tuple(row[name] for name in resource.whole)])
    for change in changes:
        await audit.entry(
            session, resource.schema, "create" if insert_only else "change", resource.plural, change.id,
            before=change.before, after=change.after,
        )  # fmt: skip
    return changes[0] if changes else None

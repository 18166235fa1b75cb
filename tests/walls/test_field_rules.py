"""Fields: shown to the roles that they are for, and written only where the write model names them."""

import csv
import io
import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openpyxl import load_workbook

from services.gateway.registry.app import RESOURCES as REGISTRY
from services.jet import app as jet
from services.jet.appointments.resource import appointments
from services.kit import writer
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.http.negotiate import XLSX
from services.kit.ids import OrganisationId
from services.kit.imports.checking import kind_of
from services.kit.imports.headings import find_header
from services.kit.resource import Resource
from services.kit.wire import Wire
from tests.support.serving import Serving
from tests.walls import fairs
from tests.walls.cells import Cells
from tests.walls.loading import COORDINATOR, REGISTRAR, World
from tests.walls.sampling import SAMPLED
from tests.walls.world import ACTORS, ROLES, Actor

RESOURCES: dict[str, Resource] = {
    one.operation("list"): one for one in (*jet.RESOURCES, *REGISTRY) if "list" in one.access
}
BIRTH = "1999-09-09"
# the roles that are shown a date of birth, as the issue has it: neither employers nor ministries
SHOWN = ("coordinator", "service", "participant")


def serving_of(world: World, resource: Resource) -> Serving:
    return world.jet if resource.service == "jet" else world.registry


def test_a_date_of_birth_is_shown_to_its_roles_alone_in_every_format(world: World) -> None:
    cells = Cells()
    for actor in ACTORS:
        caller = world.caller(actor)
        if actor.role not in world.jet.matrix["jet_participants_list"].roles:
            continue
        some = world.jet.call("jet_participants_list", caller, params={"limit": 1}).json()["items"]
        shown = actor.role in SHOWN and bool(some)
        for media in ("application/json", "text/csv", "text/csv;charset=cp932", "application/x-ndjson"):
            answer = world.jet.call(
                "jet_participants_list",
                caller,
                {"Accept": media, "Accept-Language": "en"},
                params={"q": "20990000"},
            )
            assert answer.status_code == 200, answer.text
            cells.expect(media, f"value for {actor}", shown, BIRTH in answer.text)
            if not shown and actor.role not in SHOWN:
                named = "birth_on" in answer.text or "birth" in answer.text.lower()
                cells.expect("name", f"{media} for {actor}", False, named)
        for item in some:
            record = world.jet.call("jet_participants_read", caller, path={"ref": item["id"]})
            cells.expect("read", f"{actor}", shown, "birth_on" in record.json())
    cells.close(60, "application/json", "text/csv", "application/x-ndjson", "name", "read")


def test_a_restricted_field_is_never_a_filter_or_a_sort() -> None:
    """An order or a filter would tell what the field does not show."""
    restricted = [one for one in RESOURCES.values() if one.restricted]
    assert restricted
    for resource in restricted:
        assert not resource.restricted.keys() & {*resource.filters, *resource.sorts}


def body_of(world: World, resource: Resource) -> dict[str, Any]:
    """A record's own values as a body, so that only the field in question is wrong."""
    assert resource.write is not None
    record = world.of(resource.plural)[0].marks
    return {name: record[name] for name in resource.write.model_fields if record.get(name) is not None}


# of no answer and no body, but of a table or of the machinery
STRANGE = (
    "row_version", "organisation_id", "participant_id_", "search_key", "known_from", "recorded_at", "available_actions",
    "_row", "_patch", "_kept", "secret_sha256", "constructor",
)  # fmt: skip
# every field that any resource shows or takes
EVERY = sorted(
    {name for one in RESOURCES.values() for name in (*one.fields, *(one.write or Wire).model_fields)}
)


def unwritable(resource: Resource) -> list[str]:
    assert resource.write is not None
    return [name for name in (*STRANGE, *EVERY) if name not in resource.write.model_fields]


AT_ONCE = 100  # fields in one request, each of which is refused by its own pointer
WRITTEN = [one for one in RESOURCES.values() if one.write is not None]


@pytest.mark.parametrize("resource", WRITTEN, ids=lambda one: str(one.plural))
def test_a_field_that_cannot_be_written_is_refused(world: World, resource: Resource) -> None:
    """Each field of the house that the body does not name, in a creation and in a change: its pointer, no effect."""
    cells, serving = Cells(), serving_of(world, resource)
    caller = replace(COORDINATOR if resource.service == "jet" else REGISTRAR, person=uuid4())
    verbs = [verb for verb in ("create", "change") if verb in resource.access]
    record = world.of(resource.plural)[0]
    before = serving.call(resource.operation("read"), caller, path={"ref": record.id}).json()
    for verb in verbs:
        mine = body_of(world, resource) if verb == "create" else {}
        options: dict[str, Any] = (
            {} if verb == "create" else {"path": {"ref": record.id}, "headers": {"If-Match": "*"}}
        )
        every = unwritable(resource)
        for names in (every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE)):
            body = mine | {name: before.get(name, "x") for name in names}  # even with the value that it has
            answer = serving.call(resource.operation(verb), caller, json=body, **options)
            assert answer.status_code == 422, answer.text
            pointers = [error["pointer"] for error in answer.json()["errors"]]
            for name in names:
                cells.expect(verb, f"{resource.plural} {name}", 1, pointers.count(f"/{name}"))
            cells.expect("no other", f"{resource.plural} {names}", len(names), len(pointers))
    after = serving.call(resource.operation("read"), caller, path={"ref": record.id}).json()
    cells.expect("kept", resource.plural, before, after)
    cells.close(len(verbs) * 20, *verbs)


@pytest.mark.parametrize(
    "resource", [one for one in WRITTEN if "import" in one.access], ids=lambda one: str(one.plural)
)
def test_a_column_that_cannot_be_written_is_left_out_and_named_unless_exports_have_it(
    resource: Resource,
) -> None:
    """An export has columns that no import takes, and comes back as it went out; any other is remarked on. Both are
    in no row."""
    kind = kind_of(resource, history=False)
    needed = [column.title.ja for column in kind.columns]
    for name in unwritable(resource):
        header = find_header([[*needed, name]], kind)
        assert header is not None
        expected = [] if name in resource.fields else [("unknown_heading", "warning")]
        assert [(one.code, one.severity) for one in header.findings] == expected, name
        assert header.columns[-1] is None


def test_what_the_programme_decides_is_not_an_organisations_to_write(world: World) -> None:
    """The job type of an appointment is CLAIR's decision: repeated it is no write, changed it is refused."""
    record = next(one for one in world.of("appointments") if one.person == "Quarry")
    path, same, other = {"ref": record.id}, {"job_type": "ALT"}, {"job_type": "CIR"}
    before = world.jet.call("jet_appointments_read", COORDINATOR, path=path).json()
    for actor in (Actor("organisation", "azami"), Actor("host_authority", "ume")):
        for body, expected in ((same, []), (other, [("/job_type", "field_not_yours")])):
            answer = world.jet.call(
                "jet_appointments_change", world.caller(actor), {"If-Match": "*"}, path=path, json=body
            )
            found = [(error["pointer"], error["code"]) for error in answer.json().get("errors", [])]
            assert (answer.status_code, found) == (422 if expected else 200, expected), answer.text
    by_clair = world.jet.call(
        "jet_appointments_change", COORDINATOR, {"If-Match": "*"}, path=path, json=other
    )
    assert [error["code"] for error in by_clair.json()["errors"]] == ["job_type_differs"]
    assert world.jet.call("jet_appointments_read", COORDINATOR, path=path).json() == before


def test_a_file_changes_no_more_than_a_single_write(world: World) -> None:
    """Rows of a file go the way of single writes: what stands is repeated, what is decided elsewhere is refused."""
    record = next(one for one in world.of("appointments") if one.person == "Quarry")
    actor = Actor("organisation", "azami")
    row = appointments.write.model_validate(body_of_record(record.marks)).model_dump()  # type: ignore[union-attr]

    async def prepared(role: str, **changes: object) -> list[tuple[str, str]]:
        principal = Principal("file", None, role, OrganisationId(world.organisations["azami"]), frozenset())
        scope = Scope(principal, "all" if role == "coordinator" else "own", "test")
        async with world.jet.app.state.service.database.writing(scope) as session:
            found = await writer.prepare(session, appointments, [row | changes | {"_row": 7}])
        return [(name, finding.code) for name, finding in found.get(7, [])]

    assert world.jet.run(prepared(actor.role)) == []
    assert world.jet.run(prepared(actor.role, job_type="CIR")) == [("job_type", "field_not_yours")]
    assert world.jet.run(prepared("coordinator", job_type="CIR")) == [("job_type", "job_type_differs")]


def body_of_record(marks: dict[str, object]) -> dict[str, object]:
    assert appointments.write is not None
    return {name: marks[name] for name in appointments.write.model_fields if marks.get(name) is not None}


# which roles are shown a field that not every reader is, as plain Python states it
RESTRICTED = {
    ("participants", "birth_on"): SHOWN,
    ("participants", "former_names"): SHOWN,
    ("training-enrolments", "ticket"): ("coordinator", "participant"),
    # a host knows its intern by what the intern lets it read
    **{
        ("internship-assignments", name): ("coordinator", "service", "participant")
        for name in ("jet_number", "preference", "run_number")
    },
    # shown to each reader of the list, and the reading is noted
    **{
        ("internship-assignments", name): ("coordinator", "service", "participant", "business")
        for name in ("intern_name", "motivation", "self_introduction")
    },
} | fairs.RESTRICTED
MEDIA = ("application/json", "application/x-ndjson", "text/csv", XLSX)


@SAMPLED
@pytest.mark.parametrize("operation", RESOURCES)
def test_an_answer_has_its_fields_and_no_others(world: World, operation: str, whole: bool) -> None:
    """Each role × format: the names are those of the declaration, less what is not for the role. A file's stand in
    the order of the form that it can be sent back as, and what no form takes comes last."""
    resource, cells = RESOURCES[operation], Cells()
    serving = serving_of(world, resource)
    assert {name for plural, name in RESTRICTED if plural == resource.plural} == set(resource.restricted)
    turn = list(RESOURCES).index(operation)
    for place, role in enumerate(role for role in ROLES if role in serving.matrix[operation].roles):
        caller = world.caller(next(actor for actor in ACTORS if actor.role == role))
        for_all = [
            n for n in resource.read.model_fields if role in RESTRICTED.get((resource.plural, n), (role,))
        ]
        # a sample has one kind of file for each role, by turns
        file = MEDIA[1 + (turn + place) % 3]
        for media in MEDIA if whole else (MEDIA[0], file):
            params = {"limit": 5} if media == "application/json" else {}
            answer = serving.call(
                operation, caller, {"Accept": media, "Accept-Language": "en"}, params=params
            )
            assert answer.status_code == 200, answer.text
            form = [name for name in resource.write.model_fields if name in for_all] if resource.write else []
            filed = form + [name for name in for_all if name not in form]
            called = {column.name: column.title.en for column in resource.export_columns}
            titles = [called[name] for name in filed]
            for found in named(answer, media):
                expected = {MEDIA[0]: for_all, MEDIA[1]: filed}.get(media, titles)
                cells.expect(media, f"{role} {operation}", expected, found)
    cells.close(1, *(MEDIA[2:] if whole else ()))


def named(answer: httpx.Response, media: str) -> list[list[str]]:
    """The names that an answer gives its values, record by record, or once in its heading."""
    if media == "application/json":
        return [list(item) for item in answer.json()["items"]]
    if media == "application/x-ndjson":
        return [list(json.loads(line)) for line in answer.text.splitlines()[:5]]
    if media == "text/csv":
        return [next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))]
    sheet = load_workbook(io.BytesIO(answer.content), read_only=True).worksheets[0]
    return [[str(cell.value) for cell in next(iter(sheet.iter_rows()))]]


def test_a_state_is_changed_by_commands_alone(world: World) -> None:
    record = next(one for one in world.of("participants") if one.person == "Quiet")
    path = {"ref": record.id}
    before = world.jet.call("jet_participants_read", COORDINATOR, path=path).json()
    for body in ({"state": "active"}, {"state": None}, {"id": world.of("participants")[0].id}):
        answer = world.jet.call(
            "jet_participants_change", COORDINATOR, {"If-Match": "*"}, path=path, json=body
        )
        assert answer.status_code == 422
    assert world.jet.call("jet_participants_read", COORDINATOR, path=path).json() == before
    assert before["state"] == "placed"

"""Who takes part in training: enrolments with what is recorded of them, of an organisation's people and of nobody's."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.jet.app import RESOURCES
from services.kit.imports.engine import Importer
from services.kit.imports.reading import CSV
from services.kit.jobs import Later
from tests.walls import loading, world

if TYPE_CHECKING:
    from tests.walls.loading import World
    from tests.walls.second_wall import Asker, Row, Wall

TOLD, QUIET, LEARNED = "WALLS-TOLD", "WALLS-QUIET", "WALLS-LEARNED"
DAY = "2030-05-0{}T{}:00:00+09:00"  # far from the runs of other tests
# run, person, which organisation knows of it, and whether it was by nomination
ENROLLED = (
    (TOLD, "Quince", "azami", False),
    (TOLD, "Quadrant", "budo", True),
    (TOLD, "Quokka", "cacao", True),
    (QUIET, "Quince", "", False),
    (LEARNED, "Quince", "azami", True),
)
# the name of somebody who is no participant begins with the organisation's
GUESTS = ("azami", "dango", "")


def load(made: "World") -> None:
    _define(made)
    for run, person, organisation, nominated in ENROLLED:
        body = {"run_code": run, "jet_number": world.JET_NUMBERS[person], "audience": "open"}
        _enrol(made, body | _at(organisation if nominated else ""), organisation, person)
    for name in GUESTS:
        guest = {"run_code": TOLD, "attendee_name": f"{name or '架空'} 見本", "audience": "open"}
        _enrol(made, guest | _at(name), name)
    _attend(made)
    _learn(made)
    for run in (TOLD, QUIET, LEARNED):
        answer = made.jet.call("jet_training_runs_award", loading.COORDINATOR, path={"ref": run})
        assert answer.status_code == 201, answer.text
    _keep(made, "training-completions")


def _at(organisation: str) -> dict[str, str]:
    return {"organisation_code": world.code(organisation)} if organisation else {}


def _define(made: "World") -> None:
    for run, informed, delivery in (
        (TOLD, True, "online"),
        (QUIET, False, "online"),
        (LEARNED, True, "e_learning"),
    ):
        for plural, body in (
            ("training-courses", {"code": f"{run}-C", "kind": "advanced", "title_ja": "架空", "title_en": "Course",
                                  "employer_informed": informed}),
            ("training-editions", {"code": f"{run}-E", "course_code": f"{run}-C", "fiscal_year": 2030, "name_ja": "架空",
                                   "name_en": "Course", "audiences": ["open"], "delivery": delivery}),
            ("training-runs", {"code": run, "edition_code": f"{run}-E", "starts_on": "2030-05-01",
                               "ends_on": "2030-05-02"}),
            ("training-sessions", {"run_code": run, "number": 1, "form": "online", "starts_at": DAY.format(1, 10),
                                   "ends_at": DAY.format(1, 12)}),
        ):  # fmt: skip
            if run != LEARNED or plural != "training-sessions":
                record = loading.create(made.jet, loading.COORDINATOR, plural, "jet", **body)
                made.keep(plural, record, frozenset(world.ORGANISATIONS))


def _enrol(made: "World", body: dict[str, Any], organisation: str, person: str = "") -> None:
    record = loading.create(made.jet, loading.COORDINATOR, "training-enrolments", "jet", **body)
    expected = world.code(organisation) if organisation else None
    assert (record["organisation_code"], record["state"]) == (expected, "confirmed"), record
    made.keep("training-enrolments", record, frozenset({organisation} - {""}), person)


def _attend(made: "World") -> None:
    """By list, and for those of QUIET by what the meeting tool tells."""
    for record in made.of("training-enrolments"):
        if record.marks["run_code"] == TOLD:
            who = ("run_code", "jet_number", "organisation_code", "attendee_name")
            body: dict[str, object] = {name: record.marks[name] for name in who}
            body |= {"session_number": 1, "attendance": "present"}
            attended = loading.create(made.jet, loading.COORDINATOR, "training-attendances", "jet", **body)
            made.keep("training-attendances", attended, record.organisations, record.person)
    lines = [
        f"{person}@example.org,{DAY.format(1, 10)},{DAY.format(1, 12)},{run}"
        for run, person, *_ in ENROLLED
        if run != LEARNED
    ]
    send(made, "meeting-presences", "email,joined_at,left_at,run_code", *lines)
    _keep(made, "meeting-presences")
    _keep(made, "training-attendances", {record.id for record in made.of("training-attendances")})


def _learn(made: "World") -> None:
    lines = [
        f"{world.JET_NUMBERS[person]},{run},100,2030-05-02" for run, person, *_ in ENROLLED if run == LEARNED
    ]
    send(made, "learning-progress", "jet_number,run_code,percent,read_on", *lines)
    _keep(made, "learning-progress")


def _keep(made: "World", plural: str, known: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """What came of enrolments is whose they are."""
    whose = {
        (record.marks["run_code"], record.marks["jet_number"], record.marks["attendee_name"]): record
        for record in made.of("training-enrolments")
    }
    operation = f"jet_{plural}_list".replace("-", "_")
    for item in made.jet.call(operation, loading.COORDINATOR, params={"limit": 500}).json()["items"]:
        if item["id"] not in known:
            of = whose[item["run_code"], item["jet_number"], item.get("attendee_name")]
            made.keep(plural, item, of.organisations, of.person)
    assert made.of(plural)


def send(made: "World", kind: str, header: str, *lines: str) -> None:
    content = "\n".join((header, *lines)).encode()
    sent = made.jet.call(
        "jet_imports_create",
        loading.COORDINATOR,
        {"Content-Type": CSV},
        params={"kind": kind},
        content=content,
    )
    importer = Importer("jet", "jet", made.jet.app.state.service.database, [*RESOURCES])
    with suppress(Later):
        made.jet.run(importer.work(UUID(sent.json()["id"]), 1))
    path = {"import_id": sent.json()["id"]}
    told = made.jet.call("jet_imports_read", loading.COORDINATOR, path=path).json()["summary"]
    assert told is not None and told["created"] == len(lines), told


def walls(made: "World") -> dict[str, "Wall"]:
    """Whose the rows are: an organisation's that knows of the enrolment, their person's, CLAIR's."""
    from tests.walls import second_wall  # which stands on the world that `load` is part of

    wall, either, roles, seen = second_wall.Wall, second_wall.either, second_wall.roles, second_wall.seen
    clair, counts = roles("coordinator"), roles("coordinator", "service", "ministry")
    verbs, away = "SELECT INSERT UPDATE", {"organisation_id": str(made.organisations["fuyo"])}
    guests = {
        f"{name or '架空'} 見本": str(made.organisations[name]) if name else None for name in GUESTS
    }  # fmt: skip
    whose = {
        record.id: {
            "organisation_id": next((str(made.organisations[name]) for name in record.organisations), None),
            "participant_id": str(made.people[record.person]) if record.person else None,
        }
        for record in made.of("training-enrolments")
    }

    def oneself(asker: "Asker", row: "Row") -> bool:
        return asker.role == "participant" and bool(asker.person) and row["participant_id"] == asker.person

    def sent(asker: "Asker", row: "Row") -> bool:
        return guests[row["name"]] in asker.organisations

    enrolled = either(counts, seen, oneself)

    def of_enrolment(asker: "Asker", row: "Row") -> bool:
        return enrolled(asker, whose[row["enrolment_id"]])

    recorded = wall(of_enrolment, clair, verbs=verbs)
    return {
        "jet.training_attendee": wall(either(counts, seen), either(clair, seen), moves=away, verbs=verbs),
        "jet.attendee_detail": wall(
            either(roles("coordinator", "service"), sent), either(clair, sent), "name = 'x'", verbs=verbs
        ),
        "jet.training_enrolment": wall(enrolled, either(clair, seen, oneself), moves=away, verbs=verbs),
        "jet.training_attendance": recorded,
        "jet.meeting_presence": recorded,
        "jet.learning_progress": recorded,
        "jet.certificate_series": wall(clair, clair, "drawn = 7", verbs=verbs),
        "jet.training_completion": wall(
            either(roles("coordinator", "service"), seen, oneself), clair, verbs=verbs
        ),
    }  # fmt: skip

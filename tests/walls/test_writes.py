"""What a caller may write: of its own organisations only, and what is another's is answered like what is not there."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx

from services.gateway.registry import directory
from services.jet import app as jet
from services.kit.resource import Resource
from tests.support.serving import Caller, Serving
from tests.walls import world as stated
from tests.walls.cells import Cells
from tests.walls.loading import World, appointment
from tests.walls.sampling import SAMPLED, one_of_each
from tests.walls.world import ACTORS, PEOPLE, ROLES, Actor, Term, known, relation, visible

NOBODY = "20999999999"


def found(answer: httpx.Response) -> str:
    """The status with the codes of what is wrong."""
    errors = answer.json().get("errors", []) if answer.status_code >= 400 else []
    return " ".join([str(answer.status_code), *sorted({error["code"] for error in errors})])


def hidden(answer: httpx.Response) -> tuple[int, Any]:
    body = answer.json()
    return answer.status_code, {name: body[name] for name in body if name not in ("trace_id", "support_code")}


@SAMPLED
def test_appointments_are_written_for_the_callers_own_organisations(world: World, whole: bool) -> None:
    """Each term is there already: a caller that may write it learns of the overlap or of the twin, others nothing."""
    cells, rule = Cells(), world.jet.matrix["jet_appointments_create"]
    unknown = world.jet.call(
        "jet_appointments_create", world.caller(Actor("organisation", "azami")),
        json=_body("Quarry", "azami") | {"jet_number": NOBODY},
    )  # fmt: skip
    for turn, actor in enumerate(ACTORS):
        reach, mine = rule.roles.get(actor.role), visible(actor, world.today)
        # where the row decides alone, of two people
        people = list(PEOPLE.items())[: 2 if reach in ("all", None) else len(PEOPLE)]
        asked = [
            (name, at, at in mine and known(person, at, 2024, world.today))
            for name, person in people
            for at in stated.CONTRACTING
        ]
        if not whole:
            asked = one_of_each(asked, lambda one, mine=mine: (one[1] in mine, one[2]), turn)  # type: ignore[misc]
        for name, organisation, knows in asked:
            answer = world.jet.call(
                "jet_appointments_create", world.caller(actor), json=_body(name, organisation)
            )
            where = f"{actor} writes {name} at {organisation}"
            if reach is None:
                cells.expect("403", where, "403", found(answer))
            elif reach == "all" or knows:
                cells.expect(
                    "own",
                    where,
                    True,
                    "not_known_here" not in found(answer) and answer.status_code in (409, 422, 201),
                )
            else:
                cells.expect("hidden", where, "422 not_known_here", found(answer))
                if organisation in mine:
                    cells.expect("like the unknown", where, hidden(unknown), hidden(answer))
    each = 2 * len(stated.CONTRACTING) if whole else 1
    cells.close(each * len(ACTORS), "403", "own", "hidden", "like the unknown")


def _body(name: str, organisation: str) -> dict[str, object]:
    """A term that ends before it starts: nothing is stored, whoever sends it."""
    return appointment(name, Term(organisation, 2024, date(2024, 9, 2), date(2024, 9, 1)))


def test_an_appointment_cannot_be_moved_out_of_sight_or_onto_a_stranger(world: World) -> None:
    cells = Cells()
    mine = next(record for record in world.of("appointments") if record.person == "Quarry")
    for actor in (Actor("organisation", "azami"), Actor("host_authority", "ume")):
        for field, values in (
            (
                "organisation_code",
                [stated.code(name) for name in ("cacao", "eki", "budo", "take")] + ["WALLS-NONE"],
            ),
            ("jet_number", [stated.JET_NUMBERS[name] for name in ("Quokka", "Quartz", "Quorum")] + [NOBODY]),
        ):
            for value in values:
                answer = world.jet.call(
                    "jet_appointments_change", world.caller(actor), {"If-Match": "*"}, path={"ref": mine.id},
                    json={field: value},
                )  # fmt: skip
                cells.expect(field, f"{actor} {value}", "422 fixed_by_identity", found(answer))
    cells.close(18, "organisation_code", "jet_number")


@SAMPLED
def test_a_workplace_is_written_into_the_callers_own_appointments(world: World, whole: bool) -> None:
    cells, rule = Cells(), world.jet.matrix["jet_workplaces_create"]
    for turn, actor in enumerate(ACTORS):
        reach = rule.roles.get(actor.role)
        appointments = world.of("appointments")
        if not whole:
            appointments = one_of_each(
                appointments,
                lambda one, actor=actor: relation(actor, one, world.today),  # type: ignore[misc]
                turn,
            )
        for record in (*appointments, None):
            body = {
                "appointment_id": record.id if record else str(uuid4()), "workplace_name": "新校舎",
                "workplace_kind": "office", "starts_on": "1999-01-01",
            }  # fmt: skip
            answer = world.jet.call("jet_workplaces_create", world.caller(actor), json=body)
            own = record and (reach == "all" or bool(visible(actor, world.today) & record.organisations))
            expected = "403" if reach is None else "422 outside_term" if own else "422 appointment_unknown"
            cells.expect(expected, f"{actor} {record}", expected, found(answer))
    each = 13 if whole else 2
    cells.close(each * len(ACTORS), "403", "422 outside_term", "422 appointment_unknown")


def kinds() -> list[tuple[str, Resource]]:
    both = (("jet", jet.RESOURCES), ("registry", directory.RESOURCES))
    return [
        (name, one) for name, all_ in both for one in all_ if "import" in one.access and one.write is not None
    ]


@SAMPLED
def test_files_are_taken_of_the_kinds_that_a_role_may_send(services: dict[str, Serving], whole: bool) -> None:
    """In a sample one role of those that may lacks the scopes, by turns."""
    cells = Cells()
    for turn, (name, resource) in enumerate(kinds()):
        rule, operation = resource.access["import"], f"{resource.service}_imports_create"
        lacking = ROLES if whole else [[*rule.roles][turn % len(rule.roles)]]
        for role in ROLES:
            for scopes, fits in (
                ({rule.scope, "imports:write"}, True),
                ({rule.scope}, False),
                ({"imports:write"}, False),
            )[: 3 if role in lacking else 1]:
                caller = Caller(role, organisation=uuid4(), person=uuid4()).only(*scopes)
                answer = services[name].call(
                    operation,
                    caller,
                    {"Content-Type": "text/csv"},
                    params={"kind": resource.plural},
                    content=b"x\r\n",
                )
                expected = 202 if fits and role in rule.roles else 403
                cells.expect(
                    str(expected),
                    f"{role} sends {resource.plural}, scope {fits}",
                    expected,
                    answer.status_code,
                )
    cells.close(len(kinds()) * len(ROLES) * (3 if whole else 1), "202", "403")


def test_an_import_and_its_operation_are_the_senders_alone(world: World) -> None:
    cells = Cells()
    senders = [(world.jet, "jet", "appointments", Actor("organisation", "azami"), Actor("host_authority", "ume")),
               (world.registry, "directory", "organisations", Actor("registrar"), Actor("registrar"))]  # fmt: skip
    for serving, service, kind, sender, near in senders:
        sent = serving.call(
            f"{service}_imports_create",
            world.caller(sender),
            {"Content-Type": "text/csv"},
            params={"kind": kind},
            content=b"x\r\n",
        )
        assert sent.status_code == 202, sent.text
        identity = sent.json()["id"]
        others = {
            "own": world.caller(sender), "another tool": world.caller(sender, "another-tool"),
            "another role": world.caller(near, "near-tool"),
        }  # fmt: skip
        for verb in (
            "imports_read",
            "imports_problems",
            "operations_read",
            "imports_marked_workbook",
            "operations_cancel",
        ):
            key = "operation_id" if verb.startswith("operations") else "import_id"
            for said, caller in others.items():
                if said == "own" and verb in ("imports_marked_workbook", "operations_cancel"):
                    continue  # what these say depends on whether a worker has been here
                answer = serving.call(f"{service}_{verb}", caller, path={key: identity})
                cells.expect(said, f"{service}_{verb}", 200 if said == "own" else 404, answer.status_code)
            absent = serving.call(f"{service}_{verb}", world.caller(sender), path={key: uuid4()})
            cells.expect("absent", f"{service}_{verb}", 404, absent.status_code)
    cells.close(36, "own", "another tool", "another role", "absent")

"""What is another's and what is not there are answered alike: status, headers and body, but for the marks of
the single request. The door adds RateLimit and Date."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

from tests.support.serving import Serving
from tests.walls.cells import Cells
from tests.walls.loading import World
from tests.walls.requests import operations
from tests.walls.sampling import SAMPLED, one_of_each
from tests.walls.world import ACTORS, Actor, Record, kind, relation, sees

OF_THE_REQUEST = ("x-request-id", "ratelimit", "date")
OF_THE_ANSWER = ("trace_id", "support_code")


def seen(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    headers = sorted((k, v) for k, v in answer.headers.multi_items() if k not in OF_THE_REQUEST)
    marks = [len(str(body[name])) for name in OF_THE_ANSWER]
    return {
        "status": answer.status_code, "headers": [h for h in headers if h[0] != "content-length"], "marks": marks,
        "body": {name: body[name] for name in body if name not in OF_THE_ANSWER},
        "length": len(answer.content),
    }  # fmt: skip


def foreign(world: World, whole: bool) -> Iterator[tuple[Serving, str, Actor, Record]]:
    """Records that are there, with callers who do not see them."""
    for serving in (world.jet, world.registry):
        for verb in ("read", "change"):
            for turn, (plural, operation) in enumerate(operations(serving, verb).items()):
                for place, actor in enumerate(ACTORS if whole else one_of_each(ACTORS, kind, turn)):
                    reach = serving.matrix[operation].roles.get(actor.role)
                    if reach not in ("own", "self"):
                        continue
                    records = [one for one in world.of(plural) if not sees(actor, reach, one, world.today)]
                    if not whole:
                        records = one_of_each(
                            records,
                            lambda one, actor=actor: relation(actor, one, world.today),  # type: ignore[misc]
                            turn + place,
                        )
                    for record in records:
                        yield serving, operation, actor, record


@SAMPLED
def test_a_record_of_another_is_answered_like_one_that_is_not_there(world: World, whole: bool) -> None:
    cells = Cells()
    nothing: dict[object, dict[str, Any]] = {}

    def ask(serving: Serving, operation: str, actor: Actor, language: str, ref: object) -> dict[str, Any]:
        headers = {"If-Match": '"1.x"', "Accept-Language": language}
        body: dict[str, Any] = {"json": {}} if operation.endswith("_change") else {}
        return seen(serving.call(operation, world.caller(actor), headers, path={"ref": ref}, **body))

    for place, (serving, operation, actor, record) in enumerate(foreign(world, whole)):
        language = ("ja", "en")[place % 2]
        key = (operation, actor, language)
        if key not in nothing:
            nothing[key] = ask(serving, operation, actor, language, uuid4())
            assert nothing[key]["status"] == 404
        found = ask(serving, operation, actor, language, record.id)
        cells.expect(operation, f"{actor} {record} ({language})", nothing[key], found)
    cells.close(
        600 if whole else 200, "jet_participants_read", "jet_appointments_change", "directory_posts_read"
    )


def test_a_number_of_another_is_answered_like_one_that_nobody_has(world: World) -> None:
    cells = Cells()
    for serving, operation, actor, record in foreign(world, True):
        if operation == "jet_participants_read":
            numbers = (record.marks["jet_number"], "20999999999")
            answers = [
                seen(serving.call(operation, world.caller(actor), path={"ref": number})) for number in numbers
            ]
            cells.expect(actor.role, f"{actor} {record}", answers[1], answers[0])
    cells.close(80, "organisation", "host_authority", "participant")


def test_a_filter_names_another_like_nobody(world: World) -> None:
    """A list narrowed to somebody else's organisation or number is as empty as one narrowed to nothing."""
    cells, caller = Cells(), world.caller(Actor("organisation", "azami"))
    for operation, name, values in (
        ("jet_placements_list", "organisation", ("WALLS-BUDO", "WALLS-CACAO", "WALLS-NONE")),
        ("jet_appointments_list", "jet_number", ("20990000105", "20990000109", "20999999999")),
        ("jet_participants_list", "q", ("quokka", "quartz", "nobody at all")),
        ("jet_roster_list", "organisation", ("WALLS-BUDO", "WALLS-CACAO", "WALLS-NONE")),
    ):
        bodies = []
        for value in values:
            answer = world.jet.call(operation, caller, params={name: value, "include": "total", "limit": "1"})
            body = answer.json()
            body.pop("basis", None)
            bodies.append(
                (answer.status_code, body, sorted(h for h in answer.headers if h != "x-request-id"))
            )
        for value, found in zip(values, bodies, strict=True):
            cells.expect(operation, value, bodies[-1], found)
        assert bodies[-1][:2] == (200, {"items": [], "next": None, "total": 0})
    cells.close(12)

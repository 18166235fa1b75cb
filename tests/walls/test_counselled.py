"""That somebody is counselled changes nothing that anybody is answered elsewhere: every read, list, file, search, figure, feed
and refusal of the other services is asked for before and after, by every kind of caller. Nothing elsewhere deletes a person or
shows what deleting one would do; the one thing that tells of a change before it is made, a file's dry run, is asked for too.
"""

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx
from openpyxl import load_workbook

from services.jet.app import RESOURCES
from services.kit.imports.engine import Importer
from services.kit.jobs import Later
from services.postgres import PrivatePostgres
from tests.care import claiming
from tests.care.counselling import Story, assign, written
from tests.care.test_bookings import book, slot
from tests.care.test_glass import opened
from tests.support.care import OFFICER, Care, done, participant
from tests.support.serving import Caller, Serving
from tests.walls.loading import World
from tests.walls.requests import operations
from tests.walls.test_existence import OF_THE_ANSWER
from tests.walls.world import ACTORS, JET_NUMBERS, Actor

PERSON = "Quarry"
# they tell of the asking itself
OF_READS = ("readings", "audit-entries", "audit-exposures", "audit-checkpoints", "refused-requests")
UNSTEADY = (*OF_THE_ANSWER, "basis", "next")
CSV = "text/csv"
OF_A_FILE = ("content-length", "last-modified")


def questions(world: World) -> Iterator[tuple[Serving, str, dict[str, Any]]]:
    for serving in (world.jet, world.registry):
        for plural, operation in operations(serving, "list").items():
            if plural not in OF_READS:
                yield serving, operation, {"params": {"limit": 500}}
                yield serving, operation, {"headers": {"Accept": CSV}}
        for verb, body in (("read", {}), ("change", {"json": {}, "headers": {"If-Match": "*"}})):
            for plural, operation in operations(serving, verb).items():
                for record in [one for one in world.of(plural) if one.person == PERSON][:2]:
                    yield serving, operation, {"path": {"ref": record.id}} | body
    number = JET_NUMBERS[PERSON]
    jet = world.jet
    yield jet, "jet_participants_list", {"params": {"q": PERSON.lower(), "include": "total"}}
    yield jet, "jet_roster_list", {"params": {"programme_year": 2024, "q": number}}
    for name in ("participants", "countries", "contracting-organisations"):
        yield jet, "jet_statistics_read", {"path": {"name": name}, "params": {"programme_year": 2024}}
    # a number that is taken, and a file's form
    yield jet, "jet_participants_create", {"json": {"jet_number": number}}
    yield jet, "jet_imports_template", {"path": {"kind": "appointments"}}
    yield world.registry, "directory_people_list", {"params": {"q": PERSON.lower()}}


def told(answer: httpx.Response) -> tuple[object, ...]:
    headers = sorted(
        (name, value)
        for name, value in answer.headers.items()
        if name not in ("x-request-id", "etag", "date", "x-basis-known-at")
    )
    if answer.headers.get("content-type", "").endswith("json"):
        body = answer.json()
        kept = {name: body[name] for name in body if name not in UNSTEADY}
        return answer.status_code, headers, json.dumps(kept, sort_keys=True)
    if "spreadsheet" in answer.headers.get("content-type", ""):
        made = load_workbook(io.BytesIO(answer.content), read_only=True)
        cells = [row for sheet in made for row in sheet.iter_rows(values_only=True)]
        # a workbook holds the second in which it was made, packed
        return answer.status_code, [one for one in headers if one[0] not in OF_A_FILE], str(cells)
    return answer.status_code, headers, answer.text


def heard(world: World, *only: str) -> dict[tuple[str, ...], tuple[object, ...]]:
    one_of_each = {(actor.role, actor.person == PERSON): actor for actor in ACTORS}
    actors = [
        *one_of_each.values(),
        Actor("organisation", "azami"),
        Actor("host_authority", "ume"),
        Actor("participant", person=PERSON),
    ]
    found: dict[tuple[str, ...], tuple[object, ...]] = {}
    for place, (serving, operation, options) in enumerate(questions(world)):
        if operation not in serving.matrix or (only and operation not in only):
            continue
        for actor in actors:
            if actor.role in serving.matrix[operation].roles:
                answer = serving.call(operation, world.caller(actor), **options)
                found[str(place), operation, str(actor)] = told(answer)
    return found


def tried(world: World) -> tuple[Any, Any]:
    """What a dry run says of a file that ends the person's time in the programme."""
    jet, clair = world.jet, world.caller(Actor("coordinator"))
    file = f"jet_number,effective_on,initiated_by,reason\n{JET_NUMBERS[PERSON]},2024-07-31,participant,resignation\n"
    asked = {"kind": "early-terminations", "dry_run": "true"}
    sent = jet.call("jet_imports_create", clair, {"Content-Type": CSV}, content=file.encode(), params=asked)
    importer = Importer("jet", "jet", jet.app.state.service.database, RESOURCES)
    with suppress(Later):
        jet.run(importer.work(UUID(done(sent)["id"]), 1))
    path = {"import_id": done(sent)["id"]}
    summary = done(jet.call("jet_imports_read", clair, path=path))["summary"]
    return summary, done(jet.call("jet_imports_problems", clair, path=path))["items"]


def counsel(care: Care, world: World, counsellor: Caller) -> None:
    """Three cases, two of them over; words, a note, a booking, a claim that is paid, and a broken glass."""
    me = participant(world.people[PERSON])
    for last in (False, False, True):
        case = written(care, me, "夜眠れません")
        done(assign(care, case, counsellor))
        done(care.call("care_cases_note", counsellor, path={"ref": case}, json={"content": "様子を見る"}))
        if not last:
            done(care.call("care_cases_close", counsellor, path={"ref": case}, json={"outcome": "settled"}))
    done(book(care, me, slot(care, counsellor)))
    claim = claiming.submitted(care, me)
    assert claiming.granted(care, claim) > 0
    today = care.sql("SELECT platform.today()::text AS day")[0]["day"]
    done(care.call("care_claim_payments_create", OFFICER, json={"pay_on": today}))
    opened(care, Story(me, counsellor, case))


def test_nothing_elsewhere_tells_that_somebody_is_counselled(
    world: World, services: dict[str, Serving], postgres: PrivatePostgres
) -> None:
    care = Care(services["care"], postgres)
    counsellor = care.counsellor()  # of a vendor that everybody knows of
    before, trial = heard(world), tried(world)
    assert trial[0]["created"] == 1
    counsel(care, world, counsellor)
    after = heard(world)
    assert before.keys() == after.keys() and len(before) > 500
    differing = [key for key in before if before[key] != after[key]]
    assert differing == []
    assert tried(world) == trial
    # the comparison can fail: a change elsewhere is seen
    number = JET_NUMBERS[PERSON]
    changed = world.jet.call(
        "jet_participants_change", world.caller(Actor("coordinator")), {"If-Match": "*"},
        path={"ref": number}, json={"middle_name": "Seen"},
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    later = heard(world, "jet_participants_list", "jet_participants_read")
    assert [key for key, said in later.items() if said != after[key]] != []

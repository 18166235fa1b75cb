"""Fields: shown to the roles that they are for, and written only where the write model names them."""

from typing import Any

import pytest

from services.gateway.registry import directory
from services.gateway.registry.clients.resource import CLIENTS
from services.jet import app as jet
from services.kit.resource import Resource
from tests.support.serving import Serving
from tests.walls.cells import Cells
from tests.walls.loading import COORDINATOR, REGISTRAR, World
from tests.walls.world import ACTORS

RESOURCES: dict[str, Resource] = {
    one.operation("list"): one
    for one in (*jet.RESOURCES, *directory.RESOURCES, CLIENTS)
    if "list" in one.access
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


STRANGE: dict[str, Any] = {
    "id": "0197a000-0000-7000-8000-000000000000", "row_version": 7, "state": "active", "organisation_id": "x",
    "participant_id_": "x", "search_key": "x", "known_from": "2000-01-01T00:00:00Z", "available_actions": [],
    "_row": 1, "_patch": True, "secret_sha256": "x", "has_secret": True, "constructor": {},
}  # fmt: skip


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda one: str(one.plural))
def test_a_field_that_cannot_be_written_is_refused(world: World, resource: Resource) -> None:
    cells, serving = Cells(), serving_of(world, resource)
    caller = COORDINATOR if resource.service == "jet" else REGISTRAR
    verbs = [verb for verb in ("create", "change") if verb in resource.access]
    for verb in verbs:
        assert resource.write is not None
        mine = body_of(world, resource) if verb == "create" else {}
        record = world.of(resource.plural)[0]
        options: dict[str, Any] = (
            {} if verb == "create" else {"path": {"ref": record.id}, "headers": {"If-Match": "*"}}
        )
        for name, value in STRANGE.items():
            answer = serving.call(resource.operation(verb), caller, json=mine | {name: value}, **options)
            pointers = [error["pointer"] for error in answer.json().get("errors", [])]
            cells.expect(
                verb, f"{resource.plural} {name}", (422, [f"/{name}"]), (answer.status_code, pointers)
            )
        if verb == "change":
            kept = serving.call(resource.operation("read"), caller, path={"ref": record.id}).json()
            cells.expect("kept", resource.plural, record.id, kept["id"])
    cells.close(len(verbs) * len(STRANGE), *verbs)


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

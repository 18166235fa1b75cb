"""Whose each record is: every list, record and file of the service for callers of each kind, by both walls and by the
first alone."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.events.app import RESOURCES
from services.postgres import SUPERUSER
from tests.events.everything import NAMED, body, of_office
from tests.support.database import Databases
from tests.support.events import Events, events_over
from tests.support.serving import Caller
from tests.walls.cells import Cells

OWN_LOG = ("supports", "office_contacts", "hand_overs", "certificates", "registrations")
OF_JOINED = ("events", "editions", "legs")
ANNOUNCED = ("events", "editions", "legs", "talks")
OF_BODIES = (*ANNOUNCED, "edition_participants", "registrations")

Made = dict[str, dict[str, dict[str, Any]]]


@pytest.fixture(scope="module", params=["", SUPERUSER], ids=["both walls", "the first wall"])
def whose(
    databases: Databases, request: pytest.FixtureRequest
) -> Iterator[tuple[Events, Made, dict[str, Caller]]]:
    with databases.fresh() as postgres, events_over(postgres, request.param) as events:
        (town, citizen), (city, stranger) = body(events), body(events)
        made = {
            "paris": of_office(events, "paris", town, public=True),
            "london": of_office(events, "london", city, public=False),
            "": of_office(events, None, city, public=True),
        }
        callers = {
            "paris": events.at("paris"), "london": events.at("london"), "": events.headquarters,
            "nobody": events.officer("grants-x"), "town": citizen, "city": stranger,
            "coordinator": Caller("coordinator"), "ministry": Caller("ministry"), "anonymous": Caller("anonymous"),
        }  # fmt: skip
        yield events, made, callers


def shows(plural: str, who: str, office: str) -> bool | None:
    """Whether the caller is shown the office's record; None where the list is closed to the caller."""
    if who in ("ministry", "anonymous"):
        return None
    if who in ("town", "city"):
        if plural not in OF_BODIES:
            return None
        if who == "city" and plural in OF_JOINED:  # it joined London's, which is not announced
            return True
        return office != "london" if plural in ANNOUNCED else (who == "town") == (office == "paris")
    if plural in OWN_LOG:
        return None if who == "coordinator" else who in (office, "")
    return True


def test_lists_and_records(whose: tuple[Events, Made, dict[str, Caller]]) -> None:
    events, made, callers = whose
    cells = Cells()
    for turn, plural in enumerate(made[""]):
        for place, (who, caller) in enumerate(callers.items()):
            expected = {office: shows(plural, who, office) for office in made if plural in made[office]}
            ids = {office: made[office][plural]["id"] for office in expected}
            answer = events.call(f"{plural}_list", caller, params={"limit": 500})
            if None in expected.values():
                cells.expect("closed", f"{plural} {who}", True, answer.status_code in (401, 403))
                continue
            found = {item["id"] for item in answer.json()["items"]}
            shown = {office for office, identity in ids.items() if identity in found}
            cells.expect("list", f"{plural} {who}", {o for o, may in expected.items() if may}, shown)
            if (turn + place) % 3:  # of files and records a sample
                continue
            file = events.call(f"{plural}_list", caller, {"Accept": "application/x-ndjson"}).text
            cells.expect("file", f"{plural} {who}", shown, {o for o, one in ids.items() if one in file})
            for office, identity in ids.items():
                status = events.call(f"{plural}_read", caller, path={"ref": identity}).status_code
                cells.expect("read", f"{plural} {who} {office}", 200 if expected[office] else 404, status)
    cells.close(250, "closed", "list", "file", "read")


def test_nobody_changes_or_takes_over_what_is_anothers(whose: tuple[Events, Made, dict[str, Caller]]) -> None:
    """A change of nothing, a move to what is one's own, and a file with the other's code."""
    events, made, callers = whose
    cells = Cells()
    before = events.sql("SELECT count(*) FROM events.audit_entry WHERE action = 'change'")
    for resource in RESOURCES:
        plural = resource.plural.replace("-", "_")
        if plural not in made["london"] or resource.write is None or "change" not in resource.access:
            continue
        theirs, mine = made["london"][plural], made["paris"][plural]
        links = [
            name for name in resource.write.model_fields if name.endswith("_code") or name == "office_codes"
        ]
        moved = {name: mine[name] for name in links if mine.get(name) != theirs.get(name)}
        for who in ("paris", "nobody", "town", "coordinator"):
            for said, change in (("nothing", {}), ("moved", moved)):
                answer = events.change(plural, theirs["id"], callers[who], **change)
                refused = answer.status_code in (403, 404, 409, 422)
                cells.expect(said, f"{plural} {who}: {answer.status_code} {answer.text[:200]}", True, refused)
        if "import" in resource.access and plural != "certificates":
            taken = {
                name: theirs[name] for name in resource.write.model_fields if theirs.get(name) is not None
            }
            row = json.dumps(taken | moved | ({"code": theirs["code"]} if "code" in theirs else {})).encode()
            summary = events.imported(plural.replace("_", "-"), callers["paris"], row)
            # what is known by its place within another record is a new record there
            new = "code" not in theirs
            cells.expect("file", f"{plural}: {summary}", True, new or summary["problems"] != [])
    after = events.sql("SELECT count(*) FROM events.audit_entry WHERE action = 'change'")
    cells.expect("audit", "nothing changed", before, after)
    cells.close(150, "nothing", "moved", "file")


def test_names_stay_where_they_are_needed(whose: tuple[Events, Made, dict[str, Caller]]) -> None:
    """No name or address in the audit, the feed, the public lists, or in answers to whoever is not shown it."""
    events, made, callers = whose
    told = events.sql(
        f"SELECT DISTINCT resource FROM events.audit_entry WHERE concat(before, after) ~ '{NAMED}|mihon@' "
        f"UNION ALL SELECT DISTINCT resource FROM events.outbox AS o WHERE o::text ~ '{NAMED}|mihon@'"
    )
    assert told == []
    # speakers are named to all officers and to who prepares the year's report, members to who receives the mission
    shown = {
        "london": {"talks", "mission_members"},
        "coordinator": {"talks"},
        "town": {"registrations"},
        "city": set(),
    }
    for who, expected in shown.items():
        found = set()
        for plural in made["paris"]:
            items = events.call(f"{plural}_list", callers[who], params={"limit": 500}).json().get("items", ())
            of_paris = [item for item in items if item["id"] == made["paris"][plural]["id"]]
            found |= {plural} if NAMED in str(of_paris) else set()
        assert found == expected, who
    assert NAMED not in events.call("public_events_list", None).text

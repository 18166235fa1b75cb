"""A hand-over through the front door: who leaves signs what is open, who comes ticks it and takes the office over."""

import json
from typing import Any

import asyncpg
import pytest

from tests.events.test_legs import edition, leg
from tests.events.test_office_log import entry, survey
from tests.events.test_readings import metric
from tests.support.events import Events, code, done
from tests.support.serving import Caller


def refused(events: Events, plural: str, verb: str, ref: str, caller: Caller) -> str:
    answer = events.act(plural, verb, ref, caller)
    assert answer.status_code == 409, answer.text
    return str(answer.json()["code"])


def test_an_office_is_handed_over(events: Events) -> None:
    leaving, coming, elsewhere = events.at("singapore"), events.at("singapore"), events.at("london")
    asked = entry(office_code="singapore", content="視察先の調整", due_on="2026-12-20")
    line = events.made("supports", leaving, **asked)["code"]
    events.made("supports", leaving, **entry(office_code="singapore", done_on="2024-06-01"))
    due = survey(leaving, events, office_codes=["singapore", "paris"], due_on="2027-01-15")["code"]
    survey(leaving, events, office_codes=["singapore"], answered_on="2024-07-01")
    ahead = edition(events, leaving, "singapore", standing="postponed", standing_reason="会場の都合")
    events.made("legs", leaving, **leg(edition(events, leaving, "singapore")))
    owed = metric(events, leaving, "singapore", ended_on="2024-06-30")
    metric(events, leaving, "singapore", starts_on="2024-05-01", ended_on="2024-05-31")  # too late to be read
    body = {"office_code": "singapore", "leaves_on": "2027-03-31"}
    made = events.made("hand_overs", leaving, **body)
    ref = made["id"]
    assert (made["state"], made["leaving_id"]) == ("drafted", str(leaving.person))
    assert [one["reference"] for one in made["matters"]] == [owed, line, due, ahead]
    assert events.call("hand_overs_read", elsewhere, path={"ref": ref}).status_code == 404
    assert events.call("hand_overs_create", leaving, json=body).status_code == 409

    assert refused(events, "hand_overs", "succeed", ref, coming) == "action_not_available"
    assert refused(events, "hand_overs", "sign", ref, coming) == "hand_over_not_leaving"
    signed = done(events.act("hand_overs", "sign", ref, leaving))
    moved = events.change("hand_overs", ref, leaving, leaves_on="2027-03-30")
    assert (signed["state"], moved.status_code) == ("signed", 409)

    # what is signed stays, whatever becomes of the records
    done(events.change("supports", line, leaving, closed_on="2026-12-01"))
    assert done(events.call("hand_overs_read", coming, path={"ref": ref}))["matters"] == signed["matters"]
    matters = events.codes("hand_over_matters", coming, "id", hand_over=ref, sort="number")
    assert refused(events, "hand_over_matters", "tick", matters[0], coming) == "hand_over_not_successor"
    assert refused(events, "hand_overs", "succeed", ref, leaving) == "hand_over_to_oneself"
    done(events.act("hand_overs", "succeed", ref, coming))
    assert refused(events, "hand_overs", "succeed", ref, events.headquarters) == "hand_over_has_successor"
    # what one ticked who is not the successor after all is ticked anew
    done(events.act("hand_over_matters", "tick", matters[0], coming))
    left = done(events.act("hand_overs", "step_down", ref, coming))
    assert [one["ticked"] for one in left["matters"]] == [False] * 4
    assert refused(events, "hand_over_matters", "tick", matters[0], coming) == "hand_over_not_successor"
    done(events.act("hand_overs", "succeed", ref, coming))
    for matter in matters:
        assert refused(events, "hand_over_matters", "tick", matter, leaving) == "hand_over_not_successor"
        assert done(events.act("hand_over_matters", "tick", matter, coming))["ticked_at"]
    done(events.act("hand_over_matters", "untick", matters[1], coming))
    assert refused(events, "hand_overs", "take_over", ref, coming) == "hand_over_unticked"
    done(events.act("hand_over_matters", "tick", matters[1], coming))
    assert refused(events, "hand_overs", "take_over", ref, leaving) == "hand_over_not_successor"
    taken = done(events.act("hand_overs", "take_over", ref, coming))
    assert (taken["state"], [one["ticked"] for one in taken["matters"]]) == ("taken_over", [True] * 4)
    assert refused(events, "hand_over_matters", "untick", matters[0], coming) == "action_not_available"
    told = events.sql(
        f"SELECT action, from_state, to_state, person_id::text FROM events.audit_entry WHERE resource_id = '{ref}' "
        "AND from_state IS NOT NULL ORDER BY at"
    )
    assert [tuple(one) for one in told] == [
        ("sign", "drafted", "signed", str(leaving.person)),
        ("succeed", "signed", "signed", str(coming.person)),
        ("step_down", "signed", "signed", str(coming.person)),
        ("succeed", "signed", "signed", str(coming.person)),
        ("take_over", "signed", "taken_over", str(coming.person)),
    ]


def as_officer(events: Events, caller: Caller, statement: str) -> list[Any]:
    said = {"role": "event_officer", "person": str(caller.person), "client": "desk", "key": "x"}
    return events.sql_as(json.dumps(said), statement)


def test_the_database_knows_who_signs(events: Events) -> None:
    leaving, coming = events.at("beijing"), events.at("beijing")
    events.made("supports", leaving, **entry(office_code="beijing", content=code("未了")))
    ref = events.made("hand_overs", leaving, office_code="beijing", leaves_on="2027-03-31")["id"]
    sign = f"UPDATE events.hand_over SET state = 'signed', signed_at = now() WHERE id = '{ref}' RETURNING 1"
    assert len(as_officer(events, leaving, sign)) == 1
    done(events.act("hand_overs", "sign", ref, leaving))
    tick = f"UPDATE events.hand_over_matter SET ticked_at = now() WHERE hand_over_id = '{ref}' RETURNING 1"
    named = f"UPDATE events.hand_over SET successor_id = '{coming.person}' WHERE id = '{ref}' RETURNING 1"
    assert as_officer(events, coming, tick) == []
    with pytest.raises(asyncpg.CheckViolationError, match="signed by who leaves"):
        as_officer(events, leaving, named)
    assert len(as_officer(events, coming, named)) == 1
    # who ticks writes the tick alone, and what one ticked is not passed on as ticked
    done(events.act("hand_overs", "succeed", ref, coming))
    assert len(as_officer(events, coming, tick)) == 1
    rewritten = f"UPDATE events.hand_over_matter SET title = '' WHERE hand_over_id = '{ref}'"
    with pytest.raises(Exception, match="permission denied"):
        as_officer(events, coming, rewritten)
    (matter,) = events.codes("hand_over_matters", coming, "id", hand_over=ref)
    done(events.act("hand_over_matters", "tick", matter, coming))
    nobody = f"UPDATE events.hand_over SET successor_id = NULL WHERE id = '{ref}'"
    with pytest.raises(Exception, match="what a successor ticked"):
        as_officer(events, coming, nobody)

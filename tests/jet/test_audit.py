"""The audit of a single write: one entry with all that the row changed, and never a name."""

import json
from typing import Any

from tests.jet.playing import appoint, change, done
from tests.support.jet import Jet

CONTACT = "架空担当花子"


def entries(jet: Jet, resource: str, identity: str, action: str) -> list[tuple[Any, Any]]:
    found = jet.sql(
        f"SELECT before::text, after::text FROM jet.audit_entry WHERE resource = '{resource}' "
        f"AND resource_id = '{identity}' AND action = '{action}' ORDER BY at"
    )
    return [(json.loads(before or "null"), json.loads(after or "null")) for before, after in found]


def test_one_change_of_all_parts_of_an_appointment_is_one_entry(jet: Jet) -> None:
    made = done(appoint(jet, jet.participant(), jet.organisation()))
    done(change(
        jet, "appointments", made["id"], ends_on="2025-07-01", workplace_name="架空新校", housing_rent_yen=1000,
        supervisor_name=CONTACT,
    ))  # fmt: skip
    [(before, after)] = entries(jet, "appointments", made["id"], "change")
    assert (before["ends_on"], after["ends_on"]) == ("2025-07-31", "2025-07-01")
    assert (before["workplace"]["name"], after["workplace"]["name"]) == ("架空小学校", "架空新校")
    assert (before["arrangement"]["housing_rent_yen"], after["arrangement"]["housing_rent_yen"]) == (
        None,
        1000,
    )
    assert after["supervisor"] == {"appointment_id": made["id"], "fields": ["name"]}


def test_a_name_never_enters_the_audit(jet: Jet) -> None:
    number = jet.participant(family="Unforgettable")
    made = done(change(jet, "participants", number, family_name="Unutterable", arrival_group="b"))
    [(before, after)] = entries(jet, "participants", made["id"], "change")
    assert (before["participation"]["arrival_group"], after["participation"]["arrival_group"]) == ("a", "b")
    assert set(after["person_detail"]["fields"]) == {
        "family_name",
        "search_key",
        "former_names",
        "former_key",
    }
    appointed = done(appoint(jet, number, jet.organisation()))
    done(
        change(
            jet, "appointments", appointed["id"], supervisor_name=CONTACT, supervisor_email="x@example.org"
        )
    )
    kept = jet.sql("SELECT concat(before, after) FROM jet.audit_entry")
    said = " ".join(str(row[0]) for row in kept).lower()
    assert "arrival_group" in said
    for secret in ("unforgettable", "unutterable", CONTACT, "x@example.org"):
        assert secret not in said

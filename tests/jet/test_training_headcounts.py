"""Headcounts: who reports them, what of them is added, and what does not go together."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.jet.headcounts.domain import WIDEST_FIRST, Count, contradiction
from tests.jet.offering import counted, headcount, run
from tests.jet.playing import change, codes, done
from tests.support.jet import COORDINATOR, Jet, Organisation
from tests.support.serving import Caller

BEGUN: dict[str, Any] = {"starts_on": "2024-06-03", "ends_on": "2024-06-04"}


def host(organisation: Organisation) -> Caller:
    return Caller("host_authority", organisation=organisation.id)


def report(jet: Jet, of: str, value: int, caller: Caller = COORDINATOR, **given: Any) -> Any:
    return jet.call("jet_training_headcounts_create", caller, json=counted(of, value, **given))


def test_a_host_authority_reports_the_runs_that_it_organises_and_reads_its_own(jet: Jet) -> None:
    here, elsewhere = jet.organisation(), jet.organisation()
    mine, theirs = run(jet, organiser=here, **BEGUN)["code"], run(jet, organiser=elsewhere, **BEGUN)["code"]
    by_clair = run(jet, **BEGUN)["code"]
    made = done(report(jet, mine, 61, host(here), qualifier="about", method="estimated"))
    assert (made["organisation_code"], made["qualifier"], made["fiscal_year"]) == (here.code, "about", 2024)
    for other in (theirs, by_clair, "NOWHERE"):
        refused = report(jet, other, 5, host(here))
        assert codes(refused) == {("/run_code", "run_not_yours")}
    assert report(jet, mine, 5, Caller("organisation", organisation=here.id)).status_code == 403
    headcount(jet, theirs, 7)
    path = {"ref": headcount(jet, by_clair, 8)["id"]}
    assert jet.call("jet_training_headcounts_read", host(here), path=path).status_code == 404
    listed = done(jet.call("jet_training_headcounts_list", host(here)))["items"]
    assert [(one["run_code"], one["value"]) for one in listed] == [(mine, 61)]
    assert done(change(jet, "training_headcounts", made["id"], caller=host(here), value=62))["value"] == 62


def test_heads_are_reported_once_a_run_has_begun_and_never_ahead(jet: Jet) -> None:
    later = run(jet)["code"]
    assert codes(report(jet, later, 1)) == {("/run_code", "run_not_begun")}
    one = run(jet, **BEGUN)["code"]
    assert codes(report(jet, one, 1, reported_on="2024-07-31")) == {("/reported_on", "reported_in_future")}
    done(jet.call("jet_training_runs_cancel", path={"ref": later}, json={"cancelled_reason": "x"}))
    assert codes(report(jet, later, 1)) == {("/run_code", "run_not_begun")}


def test_a_part_is_of_a_wider_audience_that_is_reported_and_no_more_than_it(jet: Jet) -> None:
    one = run(jet, **BEGUN)["code"]
    part: dict[str, Any] = {"audience": "jet_participant", "within": "all"}
    assert codes(report(jet, one, 3, **part)) == {("/within", "headcount_whole_missing")}
    whole = headcount(jet, one, 16)
    assert codes(report(jet, one, 17, **part)) == {("/value", "headcount_more_than_whole")}
    done(report(jet, one, 3, **part))
    done(report(jet, one, 2, audience="alt", within="jet_participant"))
    assert codes(change(jet, "training_headcounts", whole["id"], value=2)) == {
        ("/value", "headcount_more_than_whole")
    }
    assert codes(change(jet, "training_headcounts", whole["id"], within="alt")) == {
        ("/within", "headcount_not_within")
    }
    for within in (None, "organisation_staff"):
        refused = report(jet, one, 1, audience="teacher", within=within)
        assert refused.status_code == 422
    done(report(jet, one, 40, unit="person_times"))


def test_a_row_for_all_is_not_added_to_others(jet: Jet) -> None:
    one = run(jet, **BEGUN)["code"]
    done(report(jet, one, 10, audience="alt"))
    done(report(jet, one, 5, audience="teacher"))
    assert codes(report(jet, one, 15)) == {("/within", "headcount_added_twice")}


def test_the_database_holds_the_same_rules(jet: Jet) -> None:
    one = run(jet, **BEGUN)
    rows = (
        ("'alt', NULL", True), ("'teacher', 'alt'", True), ("'open', NULL", True), ("'all', NULL", False),
        ("'supervisor', 'all'", False), ("'cir', 'teacher'", False), ("'supervisor', 'teacher'", True),
    )  # fmt: skip
    for values, taken in rows:
        statement = (
            "INSERT INTO jet.training_headcount (run_id, audience, within, value, method, reported_on) "
            f"VALUES ('{one['id']}', {values}, 1, 'counted', '2024-07-01')"
        )
        try:
            jet.sql(statement)
        except Exception as refused:
            assert not taken, (values, refused)
        else:
            assert taken, values


audiences = st.sampled_from(WIDEST_FIRST)
counts = st.builds(Count, audiences, st.integers(0, 50), st.none() | audiences)


def taken(reports: list[Count]) -> dict[str, Count]:
    """What remains of reports that come one after the other."""
    kept: dict[str, Count] = {}
    for one in reports:
        if one.audience not in kept and contradiction(one, [*kept.values(), one]) is None:
            kept[one.audience] = one
    return kept


@settings(max_examples=300, deadline=None)
@given(st.lists(counts, max_size=12))
def test_whatever_is_reported_every_part_leads_to_a_row_that_is_added(reports: list[Count]) -> None:
    kept = taken(reports)
    added = [one for one in kept.values() if one.within is None]
    for one in kept.values():
        steps = 0
        while one.within is not None:
            assert one.value <= kept[one.within].value
            one, steps = kept[one.within], steps + 1
            assert steps < len(WIDEST_FIRST)
    assert len(added) == 1 or "all" not in {one.audience for one in added}
    assert bool(added) == bool(kept)

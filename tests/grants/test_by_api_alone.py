"""A programme that nobody has seen before, from its form, caps and dates to decisions, awards and letters: set up and run by
calls alone. Directory and clock are another's, and stand ready."""

from datetime import timedelta
from typing import Any

from services.grants.form import DIALECT
from tests.grants.applying import PDF, Body, organisation
from tests.grants.deciding import budget
from tests.grants.reviewing import RUBRIC
from tests.support.grants import Grants, done
from tests.support.serving import Caller

NEW, ROUND, LINE = "NEW", "NEW-2025-1", "NEW-LINE"
SECTION = "grants-multiculture"
RULES: dict[str, Any] = {
    "rate": {"numerator": 2, "denominator": 3}, "cap_project": 1_500_000, "minimum": 200_000,
    "cap_organisation": [{"kinds": ["town"], "yen": 1_800_000}],
    "applicants": {"kinds": ["town"], "joint_kinds": ["town"]},
    "cost_categories": [{"code": "travel", "ja": "旅費", "en": "Travel"}],
    "documents": [{"code": "map", "ja": "地図", "en": "Map"}], "withdrawal_days": 10,
}  # fmt: skip
FORM: dict[str, Any] = {
    "$schema": DIALECT, "x-number": "様式第9号", "x-label": {"ja": "新助成 申請書", "en": "Application"},
    "type": "object", "required": ["guests"], "additionalProperties": False,
    "properties": {
        "guests": {"type": "integer", "minimum": 1, "x-label": {"ja": "招へい人数", "en": "Guests"}, "x-order": 1},
    },
}  # fmt: skip


def announced(grants: Grants, officer: Caller) -> None:
    """Programme, edition, rules, form, budget line and round; then it is public."""
    names = {"name_ja": "新助成", "name_en": "New grants"}
    grants.made("programmes", officer, code=NEW, section=SECTION, kind="organisation", **names)
    edition = grants.made("editions", officer, code="NEW-2025", programme_code=NEW, fiscal_year=2025, **names)
    rules = grants.made("rule_versions", officer, edition_code=edition["code"], rules=RULES)
    form = grants.made("form_versions", officer, edition_code=edition["code"], form_schema=FORM)
    for plural, one in (("rule_versions", rules["id"]), ("form_versions", form["code"])):
        done(grants.act(plural, "freeze", one, officer))
    grants.made("budget_lines", officer, code=LINE, fiscal_year=2025, section=SECTION, **names)
    done(grants.act("budget_lines", "plan", LINE, officer, planned_yen=3_300_000))
    now = grants.now()
    dates = {
        "opens_at": now - timedelta(minutes=1), "closes_at": now + timedelta(days=20),
        "publish_at": now + timedelta(days=40),
    }  # fmt: skip
    grants.made(
        "rounds", officer, code=ROUND, edition_code=edition["code"], number=1, rules_code=rules["code"],
        form_code=form["code"], projects_from="2025-06-01", projects_to="2026-02-28", budget_line_code=LINE,
        **{name: at.isoformat() for name, at in dates.items()},
    )  # fmt: skip
    done(grants.act("rounds", "announce", ROUND, officer))


def applied(grants: Grants, body: Body, requested: int) -> str:
    """One of the town writes it and sends it, another approves it within the town, and it is submitted."""
    made = grants.made(
        "applications", body.first, round_code=ROUND, department="企画課", title="架空の交流", answers={"guests": 3},
        budget=budget(requested),
    )["id"]  # fmt: skip
    sent = grants.call(
        "applications_add_file", body.first, {"Content-Type": PDF}, path={"ref": made}, content=b"%PDF-1.7 map",
        params={"document": "map", "file_name": "地図.pdf"},
    )  # fmt: skip
    done(sent)
    for verb, who in (("send", body.first), ("approve", body.second), ("submit", body.first)):
        done(grants.act("applications", verb, made, who))
    return str(made)


def ranked(grants: Grants, officer: Caller, reviewer: Caller, scores: dict[str, int]) -> None:
    panel = grants.made("panels", officer, round_code=ROUND, rubric=RUBRIC | {"quorum": 1})["id"]
    done(grants.act("panels", "add_member", panel, officer, person_id=str(reviewer.person)))
    for made, plan in scores.items():
        done(grants.act("applications", "accept", made, officer))
        given = {"application_id": made, "reviewer_id": str(reviewer.person)}
        review = done(grants.act("panels", "assign", panel, officer, **given))["id"]
        done(grants.act("reviews", "seal", review, reviewer, scores={"effect": 3, "plan": plan}))
    done(grants.act("panels", "rank", panel, officer))


def letters(grants: Grants, by: Caller, of: str) -> list[str]:
    return sorted(grants.codes("documents", by, "kind", application_id=of))


def test_a_programme_is_set_up_and_run_by_calls_alone(grants: Grants) -> None:
    officer, decider = (grants.officer(SECTION) for _ in range(2))
    towns = [organisation(grants, "town") for _ in range(4)]
    announced(grants, officer)
    refs = [
        applied(grants, town, yen)
        for town, yen in zip(towns, (1_500_000, 1_200_000, 900_000, 600_000), strict=True)
    ]
    grants.advance(20)
    ranked(grants, officer, decider, dict(zip(refs, (9, 8, 7, 6), strict=True)))
    selection = grants.made("selections", officer, round_code=ROUND)["id"]
    # 3,300,000 last for two; the third does not fit, and the fourth comes after it
    entries = done(
        grants.call("selection_entries_list", officer, params={"round_code": ROUND, "sort": "rank"})
    )
    assert [(one["standing"], one["amount_yen"]) for one in entries["items"]] == [
        ("selected", 1_500_000), ("selected", 1_200_000), ("waitlisted", 900_000), ("waitlisted", 600_000),
    ]  # fmt: skip
    done(grants.act("selections", "decide", selection, decider))
    assert [letters(grants, town.first, ref) for town, ref in zip(towns, refs, strict=True)] == [
        ["application"]
    ] * 4
    grants.advance(20)
    given = {"appropriated_yen": 3_300_000, "appropriated_on": grants.now().date().isoformat()}
    done(grants.act("budget_lines", "appropriate", LINE, officer, **given))
    done(grants.act("selections", "award", selection, decider, application_ids=[]))
    award = grants.codes("awards", towns[1].first, "id")[0]
    done(grants.act("awards", "withdraw", award, towns[1].second, ended_reason="中止"))
    assert [letters(grants, town.first, ref) for town, ref in zip(towns, refs, strict=True)] == [
        ["application", "decision_notice", "selection_notice"],
        ["application", "decision_notice", "selection_notice", "withdrawal"],
        ["application", "selection_notice", "waitlist_notice"],
        ["application", "waitlist_notice"],
    ]  # fmt: skip
    public = done(grants.call("public_awards_list", None, params={"programme_code": NEW, "sort": "row_no"}))[
        "items"
    ]
    assert [(one["organisation_code"], one["state"], one["amount_yen"]) for one in public] == [
        (towns[0].code, "awarded", 1_500_000), (towns[2].code, "selected", 900_000),
    ]  # fmt: skip
    line = done(grants.call("budget_lines_read", officer, path={"ref": LINE}))
    assert (line["available_yen"], line["reserved_yen"], line["committed_yen"]) == (
        900_000,
        900_000,
        1_500_000,
    )

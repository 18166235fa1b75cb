"""What is told of adopted projects, and counted of applications: nothing before its instant, and then all of it."""

import csv
import io
import json
import re
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from asyncpg import CheckViolationError

from tests.grants.applying import SECTION, Applying, Body
from tests.grants.deciding import APART, Deciding, budget
from tests.support.decided import decided
from tests.support.grants import Grants, done, wrong
from tests.support.serving import Caller

MINISTRY, HOUSE = Caller("ministry", "ministry"), Caller("service", "tool")
# what becomes of each application: its standing and its award, where it has any, and as what it is listed
BECAME = {
    "selected": ("selected", "", "selected"), "awarded": ("awarded", "decided", "awarded"),
    "declined": ("declined", "", "declined"), "given up": ("awarded", "declined", "declined"),
    "within the term": ("awarded", "withdrawn", None), "taken back": ("withdrawn", "", None),
    "waitlisted": ("waitlisted", "", None), "not selected": ("not_selected", "", None),
}  # fmt: skip
AMOUNT = 1_000_000
FIGURES = {"received": 10, "adopted": 4, "declined": 2, "withdrawn": 4, "not_adopted": 2}


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    grants.sql(
        "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES "
        "('VN', 'VNM', 'ベトナム', 'Viet Nam'), ('ID', 'IDN', 'インドネシア', 'Indonesia')"
    )
    return Applying(grants)


TABLES = (
    ("grant-applications", "category,joint"), ("grant-applications", "country"),
    ("adopted-grants", "row_no,applicant,state,mark"),
)  # fmt: skip


class Round:
    """Ten applications that arrived on paper, of which two go no further; one of a joint bid, and one draft besides."""

    def __init__(self, applying: Applying) -> None:
        self.applying, self.grants = applying, applying.grants
        self.public = applying.at(days=90)
        self.code = applying.round(publish_at=self.public)
        self.bodies = {name: applying.organisation() for name in (*BECAME, "withdrawn", "dropped")}
        self.member = applying.organisation("town")
        self.ids = {name: self._entered(name, body) for name, body in self.bodies.items()}
        for name in ("withdrawn", "dropped"):
            done(applying.act("withdraw", self.ids[name], applying.officer, ended_reason="中止"))
        self._draft(applying.organisation())

    def _draft(self, body: Body, **given: Any) -> str:
        paper = {"channel": "mail", "organisation_code": body.code}
        return str(self.applying.draft(self.applying.officer, self.code, **paper | given)["id"])

    def _entered(self, name: str, body: Body) -> str:
        officer, joint = self.applying.officer, name == "awarded"
        countries = {"awarded": ["VN", "ID"], "declined": ["VN"], "not selected": ["VN"]}.get(name, [])
        made = self._draft(body, title=name, joint=joint, country_codes=countries, category_code="inbound")
        done(self.applying.file(officer, made))
        if joint:
            asked = {"organisation_code": self.member.code, "share_yen": 1}
            one = done(self.applying.act("add_member", made, officer, **asked))
            done(self.grants.act("application_members", "consent", one["id"], self.member.first))
        arrived = self.grants.now().isoformat()
        done(self.applying.act("enter", made, officer, channel="mail", arrived_at=arrived))
        return made

    def proposed(self) -> None:
        """Drawn up, and decided by nobody."""
        drawn = (
            f"id, id, section, '{self.applying.officer.person}' FROM grants.round WHERE code = '{self.code}'"
        )
        self.grants.sql(f"INSERT INTO grants.selection (id, round_id, section, drawn_up_by) SELECT {drawn}")
        self.grants.sql(
            "INSERT INTO grants.selection_entry (selection_id, round_id, application_id, standing, computed_yen, "
            "amount_yen, trace, verdict) SELECT round_id, round_id, id, 'selected', 1, 1, '[]', '{}' "
            f"FROM grants.application WHERE id = '{self.ids['selected']}'"
        )

    def decided(self) -> None:
        self.grants.sql("DELETE FROM grants.selection_entry")
        for name, (standing, award, _) in BECAME.items():
            decided(self.grants, self.ids[name], 0 if standing == "not_selected" else AMOUNT, standing, award)

    def published(self) -> None:
        self.grants.sql(f"UPDATE platform.clock SET offset_by = '{self.public}'::timestamptz - now()")

    def figures(self, caller: Caller, dimensions: str = "", **params: Any) -> dict[str, Any]:
        params |= {"dimensions": dimensions} if dimensions else {}
        path = {"name": "grant-applications"}
        return dict(done(self.grants.call("statistics_read", caller, path=path, params=params)))

    def counts(self, caller: Caller, **params: Any) -> dict[str, int]:
        return {one["metric"]: one["value"] for one in self.figures(caller, **params)["totals"]}

    def seen(self) -> list[Any]:
        """All that those who wait for the results can look at."""
        public = [
            self.grants.call("public_awards_list", who, {"Accept": media}, params=params)
            for who in (None, self.bodies["selected"].first, MINISTRY)
            for media in ("application/json", "text/csv")
            for params in ({}, {"state": "selected"}, {"fiscal_year": 2025}, {"sort": "-amount_yen"})
        ]
        total = self.grants.call("public_awards_list", None, params={"include": "total"})
        answers = [(one.status_code, one.content, one.headers.get("etag")) for one in (*public, total)]
        figures = [
            self.figures(who, dimensions)[part]
            for who in (MINISTRY, HOUSE, self.applying.stranger)
            for dimensions in ("", "category", "country")
            for part in ("cells", "totals")
        ]
        lists = [
            self.grants.codes("applications", body.first, "id", counted_as=name)
            for body in self.bodies.values()
            for name in FIGURES
        ]
        return [answers, figures, lists]


@pytest.fixture(scope="module")
def call(applying: Applying) -> Round:
    return Round(applying)


def test_nothing_is_told_before_its_instant_and_then_all(call: Round) -> None:
    grants, officer = call.grants, call.applying.officer
    before = call.seen()
    assert not any(call.counts(MINISTRY).values()) and not any(before[2])
    none = dict.fromkeys(FIGURES, 0)
    call.proposed()
    assert call.counts(officer) == none | {"received": 10, "withdrawn": 2}
    call.decided()
    assert call.seen() == before
    # who reads no row of the tables reads none of these functions' either
    for caller in ('{"role": "anonymous"}', '{"role": "ministry"}', "{}"):
        for name in ("public_awards()", "counted_applications()", "selection_entry", "application", "award"):
            assert grants.sql_as(caller, f"SELECT count(*) FROM grants.{name}")[0][0] == 0, (caller, name)
    # an officer of the section knows what was decided; what was taken back within its term counts as never decided
    assert call.counts(officer) == FIGURES and call.counts(call.applying.stranger) == none
    call.published()
    assert call.counts(MINISTRY) == call.counts(HOUSE) == call.counts(officer) == FIGURES
    assert call.counts(call.applying.stranger) == none
    items = done(grants.call("public_awards_list", None, params={"sort": "row_no"}))["items"]
    assert {one["title"]: one["state"] for one in items} == {
        name: listed for name, (_, _, listed) in BECAME.items() if listed is not None
    }
    assert [one["row_no"] for one in items] == [1, 2, 3, 4]
    codes = [one["organisation_code"] for one in items]
    assert codes == sorted(codes)
    by_title = {one["title"]: one for one in items}
    joint = by_title["awarded"]
    assert (joint["members"], joint["country_codes"], joint["amount_yen"], joint["mark"], joint["sample"]) == (
        [f"架空市{call.member.code}"], ["ID", "VN"], AMOUNT - 1, None, False,
    )  # fmt: skip
    assert (by_title["selected"]["amount_yen"], by_title["selected"]["department"]) == (AMOUNT, "国際課")
    assert joint.keys() == {
        "id", "programme_code", "programme_name_ja", "programme_name_en", "edition_name_ja", "edition_name_en",
        "fiscal_year", "category_code", "category_name_ja", "category_name_en", "row_no", "title", "organisation_code",
        "organisation_name", "organisation_kind", "department", "members", "country_codes", "amount_yen", "state",
        "mark", "sample",
    }  # fmt: skip
    answer = grants.call("public_awards_list", None, {"Accept": "text/csv"})
    table = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["事業名"]: (row["印"], row["対象国"]) for row in table} == {
        "selected": ("", ""), "awarded": ("", "ID;VN"), "declined": ("※", "VN"), "given up": ("※", ""),
    }  # fmt: skip
    for params, left in (
        ({"state": "declined"}, {"declined", "given up"}), ({"country": "VN"}, {"awarded", "declined"}),
        ({"organisation_kind": "town"}, set()), ({"category_code": "inbound", "fiscal_year": 2025}, set(by_title)),
        ({"programme_code": joint["programme_code"]}, set(by_title)), ({"fiscal_year": 2024}, set()),
    ):  # fmt: skip
        assert set(grants.codes("public_awards", None, "title", **params)) == left
    # of an applicant no more is counted than of anybody
    own = call.bodies["not selected"].first
    assert grants.codes("applications", own, "title", counted_as="not_adopted") == ["not selected"]
    assert grants.codes("applications", own, "title", counted_as="adopted") == []


def test_figures_lead_to_what_they_count_and_no_further(call: Round) -> None:
    grants, officer = call.grants, call.applying.officer
    if not any(call.counts(MINISTRY).values()):
        call.decided()
        call.published()
    names = ("grant_programme", "category", "fiscal_year", "organisation_kind", "joint", "country", "section")
    linked = 0
    for name in names:
        for cell in call.figures(officer, name)["cells"]:
            if cell[name] is None:
                assert "records" not in cell
                continue
            params = dict(parse_qsl(urlsplit(cell["records"]).query))
            found = grants.codes("applications", officer, "id", limit=500, **params)
            assert len(found) == cell["value"], cell
            linked += bool(found)
    assert linked >= 20
    by_country = {
        (cell["country"], cell["country_name"]): cell["value"]
        for cell in call.figures(MINISTRY, "country")["cells"] if cell["metric"] == "received"
    }  # fmt: skip
    # one that is about two countries counts in each, and once in all
    assert by_country == {("ID", "インドネシア"): 1, ("VN", "ベトナム"): 3, (None, None): 7}
    assert call.counts(MINISTRY)["received"] == 10 and call.counts(MINISTRY, country="VN")["received"] == 3
    assert not any("records" in cell for cell in call.figures(MINISTRY, "category")["cells"])
    # whoever is in conflict with one finds it in no figure
    parted = grants.officer(SECTION)
    grants.sql(
        "INSERT INTO directory.secondment (person_id, home_id, valid_from) "
        f"VALUES ('{parted.person}', '{call.bodies['selected'].id}', '2024-04-01')"
    )
    assert call.counts(parted) == call.counts(officer) | {"received": 9, "adopted": 3}
    for caller in (call.bodies["selected"].first, Caller("coordinator"), Caller("participant")):
        answer = grants.call("statistics_read", caller, path={"name": "grant-applications"})
        assert answer.status_code == 403


def _asked(grants: Grants, who: Caller, **when: str) -> list[bytes]:
    """All figures as they are sent, but for what they stand on; of a day or an instant none leads to the records."""
    told = []
    for name, by in TABLES:
        params = {"dimensions": by, **when}
        answer = grants.call("statistics_read", who, path={"name": name}, params=params)
        links = rb',"records":"[^"]*"'
        basis = json.dumps(done(answer)["basis"], separators=(",", ":")).encode()
        assert basis in answer.content and not (when and re.search(links, answer.content))
        told.append(re.sub(links, b"", answer.content.replace(basis, b"")))
    return told


def test_of_a_past_day_the_same_is_told_whatever_came_later(applying: Applying) -> None:
    grants, officer, why = applying.grants, applying.officer, {"ended_reason": "職員の減"}
    asked = partial(_asked, grants)

    def end_of_day() -> str:
        day = str(grants.sql("SELECT platform.today()")[0][0])
        grants.advance(1)
        return day

    round_, bodies = Deciding(applying, 2_000_000), [applying.organisation("prefecture") for _ in range(4)]
    refs = round_.ranked(*((one, budget(1_000_000)) for one in bodies))
    to_come = str(grants.sql("SELECT platform.today() + 90")[0][0])
    unknown, hidden = asked(officer), asked(MINISTRY)
    round_.decided()
    # what is not public today is told of no day, though it will be public by then
    assert asked(MINISTRY) == asked(MINISTRY, as_of=to_come, known_at=to_come) == hidden
    decided_at, known = grants.now().isoformat(), asked(officer)
    assert known[0] != unknown[0]
    round_.publish()
    first = end_of_day()
    told = asked(MINISTRY, as_of=first), asked(officer, as_of=first)
    assert told == (asked(MINISTRY), asked(officer)) and not {*told[0]} & {*hidden}
    instant = grants.now().isoformat()
    round_.appropriate(2_000_000)
    done(applying.act("decline", refs[0], bodies[0].first, **why))
    done(round_.award())
    awards = {one["application_id"]: one["id"] for one in done(grants.call("awards_list", officer))["items"]}
    done(grants.act("awards", "withdraw", awards[refs[1]], bodies[1].first, **why))
    assert [one for one, _ in round_.standings()] == ["declined", "withdrawn", "awarded", "selected"]
    second = end_of_day()
    later = asked(MINISTRY, as_of=second), asked(officer, as_of=second)
    assert later == (asked(MINISTRY), asked(officer)) and not {*later[0]} & {*told[0]}
    done(applying.act("decline", refs[3], bodies[3].first, **why))
    end_of_day()
    assert not {*asked(MINISTRY)} & {*later[0]}
    for when, found in (
        ({"as_of": first}, told), ({"known_at": instant}, told), ({"as_of": second}, later),
        ({"known_at": decided_at}, (hidden, known)),
    ):  # fmt: skip
        assert (asked(MINISTRY, **when), asked(officer, **when)) == found
    assert grants.sql(APART) == []
    # one whose transaction began later, and came first; what is done after it is the last step all the same
    step = "INSERT INTO grants.application_step (application_id, at, state, standing, joint, country_codes) SELECT"
    grants.sql(
        f"{step} '{refs[2]}', platform.now() + interval '1 second', 'ranked', 'waitlisted', false, '{{}}'"
    )
    ended = "UPDATE grants.award SET state = 'declined', ended_at = platform.now(), ended_reason = 'x'"
    grants.sql(f"{ended} WHERE application_id = '{refs[2]}'")
    assert grants.sql(APART) == []
    # a day ends with midnight in Japan, and what was taken stays
    midnight = f"('{first}'::date + 1)::timestamp AT TIME ZONE 'Asia/Tokyo'"
    grants.sql(f"{step} '{refs[0]}', {midnight}, 'ranked', 'waitlisted', false, '{{}}'")
    assert asked(MINISTRY, as_of=first) == told[0]
    for change in ("UPDATE grants.application_step SET at = at", "DELETE FROM grants.application_step"):
        with pytest.raises(CheckViolationError, match="stays"):
            grants.sql(change)


def test_countries_are_of_the_directory_and_each_once(applying: Applying) -> None:
    grants, city, call = applying.grants, applying.organisation(), applying.round()
    made = applying.draft(city.first, call, country_codes=["VN", "ID", "VN"])
    assert made["country_codes"] == ["ID", "VN"]
    for given, found in (
        (["VN", "QQ"], ("/country_codes", "country_unknown")),
        (["vn"], ("/country_codes/0", "value_string_pattern_mismatch")),
        (["VN"] * 21, ("/country_codes", "value_too_long")),
    ):
        refused = grants.change("applications", made["id"], city.first, country_codes=given)
        assert found in wrong(refused), refused.text
    done(applying.file(city.first, made["id"]))
    applying.approved(city, made["id"])
    sent = done(applying.act("submit", made["id"], city.first))
    assert done(applying.snapshot(sent, city.first))["country_codes"] == ["ID", "VN"]
    # what was asked to be corrected may change, and countries were not
    asked = {"fields": ["/title"], "documents": [], "reason": "誤り", "due_at": applying.at(days=3)}
    done(applying.act("request_correction", made["id"], applying.officer, **asked))
    done(grants.change("applications", made["id"], city.first, title="別", country_codes=["VN"]))
    assert wrong(applying.act("submit", made["id"], city.first)) == {("/country_codes", "unrequested_change")}
    for codes in ("VN,ID", "VN,VN", "QQ"):
        with pytest.raises(CheckViolationError):
            grants.sql(
                f"UPDATE grants.application SET country_codes = '{{{codes}}}' WHERE id = '{made['id']}'"
            )

"""Type a code, get the organisation: read as people type it, resolved after mergers, and "did you mean"."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.gateway.registry.codes import repository
from services.kit.japan.local_government_code import LocalGovernmentCode, corporate_number
from tests.gateway.registry.own import Own, own_directory
from tests.support.serving import Caller

DATA = Path(__file__).parents[3] / "services/gateway/registry/data"
TAKAMATSU = "1000020372013"


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def quoted(value: str) -> str:
    return f"'{value}'" if value else "NULL"


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    """With the data files of the registry in it."""
    with own_directory() as made:
        governments = read("local_governments.csv")
        rows = (
            "({}, '', {})".format(
                ", ".join(
                    quoted(row[name])
                    for name in ("code", "name", "name_kana", "kind", "valid_from", "valid_to")
                ),
                "NULL"
                if row["kind"] == "ward"
                else quoted(corporate_number(LocalGovernmentCode(row["code"]))),
            )
            for row in governments
        )
        made.sql(
            "INSERT INTO directory.organisation (code, name, name_kana, kind, valid_from, valid_to, search_key, corporate_number) "
            "SELECT code, name, kana, kind, since::date, until::date, key, number FROM (VALUES " + ", ".join(rows)
            + ") AS v(code, name, kana, kind, since, until, key, number)"
        )  # fmt: skip
        made.sql(
            "INSERT INTO directory.hierarchy (member_id, host_id) SELECT m.id, h.id FROM (VALUES "
            + ", ".join(f"('{row['code']}', '{row['host_code']}')" for row in governments)
            + ") AS v(member, host) JOIN directory.organisation AS m ON m.code = v.member "
            "JOIN directory.organisation AS h ON h.code = v.host"
        )
        made.sql("ANALYZE directory.organisation, directory.hierarchy")
        for one in read("local_government_successions.csv"):
            made.made("successors", **one)
        for one in read("code_lists.csv"):
            made.made("code-lists", **{name: value or None for name, value in one.items()})
        made.made("organisations", code="S00017", name="学校法人架橋学園", kind="school_corporation")
        yield made


def look_up(own: Own, code: str, caller: Caller | None = None) -> dict[str, Any]:
    answer = own.call("code_lookups_read", caller or Caller("participant"), params={"code": code})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "372013",
        "37201",
        "３７２０１３",
        TAKAMATSU,
        TAKAMATSU[1:],
        "１００００２０３７２０１３",
        "37 2013",
        "３７２　０１３",
        "T" + TAKAMATSU,
        "Ｔ" + TAKAMATSU,
    ],
)
def test_a_code_is_read_as_people_type_it(own: Own, typed: str) -> None:
    told = look_up(own, typed)
    (city,) = told["items"]
    assert (told["problem"], told["candidates"]) == (None, [])
    said = {
        name: city[name]
        for name in ("code", "name", "name_kana", "kind", "corporate_number", "host_name", "in_force")
    }
    assert said == {
        "code": "372013", "name": "高松市", "name_kana": "タカマツシ", "kind": "city", "corporate_number": TAKAMATSU,
        "host_name": "香川県", "in_force": True,
    }  # fmt: skip
    assert city["source"]["code_list"] == "local_governments" and city["source"]["source_on"] == "2024-01-01"
    assert "総務省" in city["source"]["source"]


def test_the_zero_that_excel_ate_comes_back(own: Own) -> None:
    assert [one["name"] for one in look_up(own, "11002")["items"]] == ["札幌市"]


def test_our_own_codes_are_found_whatever_their_case_and_have_no_source(own: Own) -> None:
    (school,) = look_up(own, "ｓ00017")["items"]
    assert (school["name"], school["source"], school["corporate_number"]) == ("学校法人架橋学園", None, None)
    (offered,) = look_up(own, "S00071")["candidates"]
    assert (offered["code"], offered["slip"]) == ("S00017", "swapped")


def test_a_code_of_the_past_tells_what_followed(own: Own) -> None:
    (north,) = look_up(own, "221350")["items"]
    assert (north["in_force"], north["valid_to"], north["predecessors"]) == (False, "2023-12-31", [])
    day = "2024-01-01"
    assert [(one["code"], one["succession"], one["effective_on"]) for one in north["successors"]] == [
        ("221384", "split", day), ("221392", "split", day),
    ]  # fmt: skip
    (centre,) = look_up(own, "221384")["items"]
    assert len(centre["predecessors"]) == 5 and centre["successors"] == []


def test_a_chain_is_followed_to_its_end_and_a_circle_ends(own: Own) -> None:
    for code in ("CHAIN-1", "CHAIN-2", "CHAIN-3"):
        own.made("organisations", code=code, name=code, kind="other")
    for before, after, day in (("1", "2", "2001-01-01"), ("2", "3", "2002-01-01"), ("3", "1", "2003-01-01")):
        own.made(
            "successors",
            predecessor_code=f"CHAIN-{before}",
            successor_code=f"CHAIN-{after}",
            kind="renamed",
            effective_on=day,
        )
    (first,) = look_up(own, "CHAIN-1")["items"]
    assert [one["code"] for one in first["successors"]] == ["CHAIN-2", "CHAIN-3"]
    assert [one["code"] for one in first["predecessors"]] == ["CHAIN-2", "CHAIN-3"]


def test_who_follows_by_two_ways_follows_once(own: Own) -> None:
    for code in "ABCD":
        own.made("organisations", code=f"DIAMOND-{code}", name=code, kind="other")
    for pair, year in (("AB", 2001), ("AC", 2001), ("BD", 2002), ("CD", 2003)):
        before, after = (f"DIAMOND-{code}" for code in pair)
        own.made(
            "successors",
            predecessor_code=before,
            successor_code=after,
            kind="merged",
            effective_on=f"{year}-01-01",
        )
    (first,) = look_up(own, "DIAMOND-A")["items"]
    assert [(one["code"][-1], one["effective_on"][:4]) for one in first["successors"]] == [
        ("B", "2001"), ("C", "2001"), ("D", "2002"),
    ]  # fmt: skip


def test_many_that_came_before_one_take_no_place_of_anothers(own: Own) -> None:
    """Two organisations that five digits may mean: each has its own first hundred."""
    own.sql(
        "WITH made AS (INSERT INTO directory.organisation (code, name, kind, search_key) "
        "SELECT 'MANY-' || n, 'x', 'other', '' FROM generate_series(1, 220) AS n RETURNING id), "
        "root AS (INSERT INTO directory.organisation (code, name, kind, search_key) "
        "VALUES ('55555', 'x', 'other', ''), ('055555', 'y', 'other', '') RETURNING id, code) "
        "INSERT INTO directory.successor (predecessor_id, successor_id, kind, effective_on) "
        "SELECT made.id, root.id, 'merged', '2001-01-01'::date FROM made, root WHERE root.code = '55555' "
        "UNION ALL (SELECT made.id, root.id, 'merged', '2002-01-01'::date FROM made, root WHERE root.code = '055555' LIMIT 3)"
    )
    found = {one["code"]: len(one["predecessors"]) for one in look_up(own, "55555")["items"]}
    assert found == {"55555": 100, "055555": 3}


def test_a_municipality_that_is_not_in_the_ministrys_list_does_not_name_it(own: Own) -> None:
    own.made("organisations", code="Z00095", name="架空町", kind="town")
    assert look_up(own, "Z00095")["items"][0]["source"] is None


def test_a_list_of_another_version_is_not_the_one_that_is_known_to_hold_a_code(own: Own) -> None:
    (listed,) = [one for one in own.listed("code-lists") if one["name"] == "local_governments"]
    for version, said in (("2099-01-01", False), (listed["version"], True)):
        assert own.changed("code-lists", listed["id"], version=version).status_code == 200
        assert (look_up(own, "372013")["items"][0]["source"] is not None) is said


def test_a_wrong_check_digit_is_said_and_what_was_meant_comes_first(own: Own) -> None:
    told = look_up(own, "372019")
    assert told["items"] == [] and told["problem"]["code"] == "code_check_digit"
    assert "3" in told["problem"]["remedy"]["ja"] and told["problem"]["remedy"]["en"]
    first = told["candidates"][0]
    assert (first["code"], first["slip"], first["name"]) == ("372013", "check_digit", "高松市")
    assert first["reason"]["ja"] == "検査数字が違います" and len(told["candidates"]) <= 10
    number = look_up(own, "2" + TAKAMATSU[1:])
    assert number["problem"]["code"] == "corporate_number_check_digit"
    assert (number["candidates"][0]["code"], number["candidates"][0]["slip"]) == ("372013", "check_digit")


@pytest.mark.parametrize(
    ("typed", "slip"),
    [
        ("732013", "swapped"),
        ("372103", "swapped"),
        ("372023", "one_digit"),
        ("472013", "one_digit"),
        ("3720I3", "letter"),
        ("372Ol3", "letter"),
        ("372O1", "letter"),
    ],
)
def test_a_slip_gets_what_was_meant(own: Own, typed: str, slip: str) -> None:
    told = look_up(own, typed)
    assert ("372013", slip) in [(one["code"], one["slip"]) for one in told["candidates"]]


def test_of_equal_slips_the_organisations_of_today_come_first(own: Own) -> None:
    offered = look_up(own, "221374")["candidates"]
    for slip in {one["slip"] for one in offered}:
        ages = [one["in_force"] for one in offered if one["slip"] == slip]
        assert ages == sorted(ages, reverse=True)
    assert {True, False} == {one["in_force"] for one in offered}


@pytest.mark.parametrize("typed", ["<script>", "高松", "1" * 41])
def test_what_is_no_code_is_refused_and_not_repeated(own: Own, typed: str) -> None:
    answer = own.call("code_lookups_read", params={"code": typed})
    assert answer.status_code == 400, answer.text
    assert typed not in answer.text and answer.json()["errors"][0]["pointer"] == "code"


def test_a_look_up_reads_indexes_alone(own: Own) -> None:
    codes = "ARRAY['" + "', '".join(row["code"] for row in read("local_governments.csv")[:60]) + "']"
    plan = "\n".join(row[0] for row in own.sql("EXPLAIN " + repository._FOUND.replace("$1", codes)))
    assert "organisation_code_key" in plan and "organisation_corporate_number_idx" in plan
    assert "Seq Scan" not in plan, plan


def test_a_row_that_names_an_unknown_organisation_is_told_what_was_meant(own: Own) -> None:
    body = {"organisation_code": "S00018", "role": "branch", "valid_from": "2020-04-01"}
    answer = own.call("organisation_roles_create", json=body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "organisation_unknown")
    assert "S00017 学校法人架橋学園" in error["remedy"]
    nothing = own.call("organisation_roles_create", json=body | {"organisation_code": "X99999"})
    assert "検査数字" in nothing.json()["errors"][0]["remedy"]


def test_a_list_states_its_version_and_a_code_that_ended_its_replacement(own: Own) -> None:
    own.made(
        "code-lists", name="jlpt", title_ja="日本語能力試験", title_en="JLPT", version="2010", source="試験"
    )
    own.made("codes", code_list="jlpt", code="N1", label_ja="N1", valid_from="2010-01-01")
    old = {"code_list": "jlpt", "code": "1", "label_ja": "1級", "valid_to": "2009-12-31"}
    own.made("codes", **old, replaced_by_code="N1")
    assert [one["code"] for one in own.listed("codes", code_list="jlpt", on="2009-12-31")] == ["1"]
    assert [one["code"] for one in own.listed("codes", code_list="jlpt", on="2024-01-01")] == ["N1"]
    lost = own.call("codes_create", json=old | {"code": "2", "replaced_by_code": "N2"})
    assert (lost.status_code, lost.json()["code"]) == (409, "replacement_unknown")
    other = own.call("codes_create", json=old | {"code_list": "nowhere"})
    assert other.json()["errors"][0]["code"] == "code_list_unknown"
    (listed,) = [one for one in own.listed("code-lists") if one["name"] == "jlpt"]
    assert own.changed("code-lists", listed["id"], version="2024").json()["version"] == "2024"

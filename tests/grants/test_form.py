"""Forms and their answers by themselves: what a form may be, what is computed, what is wrong, what is carried over."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.grants.answers import validate
from services.grants.carrying import carried
from services.grants.computing import computed
from services.grants.form import MOST, document
from services.grants.form_contradictions import contradictions
from tests.grants.forming import ANSWERS, FORM, cell, form, mended, said, table

WORDS = st.text("あ漢aé 1-", max_size=24)
NUMBERS = st.integers(-(10**16), 10**16) | st.integers(0, 50)
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 1.5, 10**16, 1e300, "", "x", [], [1], [[]], {}, {"a": [None]}, [{"name": {}}]]
)
ROW = st.fixed_dictionaries(
    {}, optional={"name": WORDS, "persons": NUMBERS, "days": NUMBERS, "total": NUMBERS, "zz": JUNK}
)
FILLED = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS,
        "kind": st.sampled_from(["overseas", "domestic", "elsewhere"]),
        "starts_on": st.dates().map(str) | st.just("2025-02-30"),
        "joint": st.booleans(),
        "phone": st.text("0-a", max_size=5),
        "partners": st.lists(ROW, max_size=5),
        "all": NUMBERS,
        "own": NUMBERS,
    },
)
ANY = FILLED | st.fixed_dictionaries({}, optional=dict.fromkeys([*FORM["properties"], "zz"], JUNK))


def codes(wrong: list[tuple[str, Any]]) -> set[tuple[str, str]]:
    return {(place, one.code) for place, one in wrong}


def test_a_form_is_the_json_schema_that_was_given() -> None:
    assert document(form()) == FORM
    assert list(contradictions(form())) == []


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("$schema", "http://json-schema.org/draft-07/schema#", "$schema"),
        ("$ref", "http://127.0.0.1/other", "$ref"),
        ("additionalProperties", True, "additionalProperties"),
        ("properties title x-label en", None, "properties/title/x-label/en"),
        ("properties title x-order", None, "properties/title/x-order"),
        ("properties title $ref", "#", "properties/title/$ref"),
        ("properties title type", "number", "properties/title/type"),
        ("properties title maxLength", -1, "properties/title/maxLength"),
        (
            "properties partners items properties name items",
            {},
            "properties/partners/items/properties/name/items",
        ),
        ("properties own minimum", 10**15, "properties/own/minimum"),
    ],
)
def test_no_other_keyword_and_no_other_value_is_taken(path: str, value: Any, place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        form(mended(path, value))
    assert place in {"/".join(map(str, error["loc"])) for error in refused.value.errors()}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("properties joint maxLength", 3, {("properties/joint/maxLength", "keyword_not_of_type")}),
        ("properties starts_on x-computed", {"sum": ["own"]}, {("properties/starts_on/x-computed", "keyword_not_of_type")}),
        ("properties partners items", None, {
            ("properties/partners", "list_without_columns"), ("properties/all/x-computed", "computed_of_no_number")}),
        ("properties kind x-order", 1, {("properties/kind/x-order", "order_twice")}),
        ("required", ["title", "nothing"], {("required/1", "cell_unknown")}),
        ("required", ["all"], {("required/0", "required_computed")}),
        ("properties partners items required", ["total"], {
            ("properties/partners/items/required/0", "required_computed")}),
        ("properties kind enum", ["overseas"], {("properties/kind/x-choices", "choices_not_labelled")}),
        ("properties kind x-choices", None, {("properties/kind/x-choices", "choices_not_labelled")}),
        ("properties title minLength", 21, {("properties/title/maxLength", "limits_crossed")}),
        ("properties partners minItems", 4, {("properties/partners/maxItems", "limits_crossed")}),
        ("properties phone pattern", "(?=a)b", {("properties/phone/pattern", "pattern_unreadable")}),
        ("properties phone pattern", "(a{999}){999}", {("properties/phone/pattern", "pattern_unreadable")}),
        ("properties phone x-help", None, {("properties/phone/x-help", "pattern_without_help")}),
        ("properties all x-computed", {}, {("properties/all/x-computed", "computed_of_one")}),
        ("properties all x-computed", {"sum": ["own"], "product": ["own"]}, {
            ("properties/all/x-computed", "computed_of_one")}),
        *[("properties all x-computed", {"sum": [name]}, {("properties/all/x-computed", "computed_of_no_number")})
          for name in ("nothing", "title", "partners", "partners/name", "partners/nothing", "title/own")],
        ("properties partners items properties total x-computed", {"sum": ["own"]}, {
            ("properties/partners/items/properties/total/x-computed", "computed_of_no_number")}),
        ("properties all x-computed", {"sum": ["all"]}, {("properties/all/x-computed", "computed_cycle")}),
        ("properties all x-computed", {"sum": ["others", "own"]}, {("properties/all/x-computed", "computed_cycle")}),
    ],
)  # fmt: skip
def test_what_goes_against_the_rest_of_a_form(path: str, value: Any, expected: set[tuple[str, str]]) -> None:
    assert codes(list(contradictions(form(mended(path, value))))) == expected


def test_cells_are_computed_in_the_order_they_need_each_other() -> None:
    assert computed(form(), ANSWERS) == {
        "partners": [{"total": 60}, {"total": 3_000}], "all": 3_060, "others": 2_960,
    }  # fmt: skip
    assert computed(form(), {}) == {"all": 0, "others": 0}
    great = ANSWERS | {"partners": [{"name": "x", "persons": 10**9, "days": 10**9}]}
    assert computed(form(), great) == {"partners": [{"total": None}], "all": None, "others": None}
    assert codes(validate(form(), great, whole=True)) == {
        (place, "computed_too_great") for place in ("partners/0/total", "all", "others")
    }


def test_wrong_answers_are_told_at_their_place_in_our_own_words() -> None:
    assert validate(form(), ANSWERS, whole=True) == []
    missing = {("title", "answer_missing"), ("partners", "answer_missing")}
    assert codes(validate(form(), {}, whole=True)) == missing
    assert validate(form(), {"title": "x", "partners": [{}]}, whole=False) == []
    assert codes(validate(form(), {"title": "　 ", "partners": [{"name": ""}]}, whole=True)) == {
        ("title", "answer_missing"), ("partners/0/name", "answer_missing"),
    }  # fmt: skip
    # what is blank is missing, and not ill written besides
    asked = form(mended("required", ["title", "starts_on", "phone"]))
    blank = {"title": "", "starts_on": "", "phone": " ", "partners": [{"name": "x"}]}
    assert validate(asked, blank, whole=False) == []
    told = sorted((place, one.code) for place, one in validate(asked, blank, whole=True))
    assert told == [(name, "answer_missing") for name in ("phone", "starts_on", "title")]
    cases: tuple[tuple[dict[str, Any], tuple[str, str], str], ...] = (
        ({"title": "x" * 21}, ("title", "answer_maxlength"), "20文字以内"),
        ({"title": "a\x0b"}, ("title", "answer_not"), "制御文字"),
        ({"title": 1}, ("title", "answer_type"), "文字で"),
        ({"kind": "elsewhere"}, ("kind", "answer_enum"), "海外、国内"),
        ({"starts_on": "2025-02-30"}, ("starts_on", "answer_format"), "YYYY-MM-DD"),
        ({"joint": "yes"}, ("joint", "answer_type"), "true"),
        ({"phone": "x"}, ("phone", "answer_pattern"), "数字とハイフンだけ"),
        ({"own": 1.5}, ("own", "answer_type"), "整数"),
        ({"own": MOST}, ("own", "answer_maximum"), "以下"),
        ({"all": 5}, ("all", "answer_computed"), "自動で"),
        ({"partners": [{}] * 4}, ("partners", "answer_maxitems"), "3行以内"),
        ({"partners": [{"persons": -1}]}, ("partners/0/persons", "answer_minimum"), "0以上"),
        ({"partners": [{"total": 1}]}, ("partners/0/total", "answer_computed"), "自動で"),
        ({"partners": [1]}, ("partners/0", "answer_type"), "オブジェクト"),
        ({"a/b~": 1}, ("a~1b~0", "answer_unknown"), "外して"),
    )
    for answers, expected, remedy in cases:
        ((place, wrong),) = validate(form(), answers, whole=False)
        assert (place, wrong.code) == expected, answers
        assert remedy in wrong.remedy.ja and wrong.remedy.en and wrong.message.en, answers
    short = ANSWERS | {"title": "x", "partners": []}
    assert codes(validate(form(), short, whole=True)) == {
        ("title", "answer_minlength"), ("partners", "answer_minitems"),
    }  # fmt: skip


@given(ANY)
def test_whatever_is_sent_is_judged_and_a_draft_is_judged_less(answers: dict[str, Any]) -> None:
    draft, whole = (codes(validate(form(), answers, whole=strict)) for strict in (False, True))
    assert draft <= whole
    for result in computed(form(), answers).values():
        assert isinstance(result, list) or result is None or abs(result) < MOST


def pieces(at: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """What was typed, and where."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from pieces((*at, name), one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from pieces((*at, str(number)), one)
    else:
        yield at, repr(value)


NEXT = FORM | table(
    ["title"],
    title=cell("string", "事業名", "Title", 1, maxLength=4),
    kind=cell("boolean", "種類", "Kind", 2),
    phone=FORM["properties"]["phone"] | {"x-order": 99, "x-section": said("2", "2")},
    budget=cell("integer", "予算", "Budget", 3),
    partners=cell("array", "参加者", "Those who take part", 6, maxItems=2, items=table(
        [], name=cell("string", "団体名", "Organisation", 1, maxLength=20), persons=cell("integer", "人数", "Persons", 2, maximum=9))),
)  # fmt: skip


@given(FILLED)
def test_nothing_that_was_typed_is_lost_in_the_next_version(answers: dict[str, Any]) -> None:
    found = carried(form(), form(NEXT), answers)
    assert validate(form(NEXT), found.answers, whole=False) == []
    kept = [*pieces((), found.answers), *pieces((), found.left_over)]
    assert sorted(kept) == sorted(pieces((), answers))
    same = carried(form(), form(), found.answers)
    assert not (same.difference.added or same.difference.removed or same.difference.changed)


def test_the_difference_between_versions_is_told() -> None:
    found = carried(form(), form(NEXT), ANSWERS)
    assert found.answers == {
        "phone": "03-0000-0000", "partners": [{"name": "架空市"}, {"name": "見本協会"}],
    }  # fmt: skip
    assert found.left_over["partners"] == [{"persons": 12, "days": 5}, {"persons": 1_000, "days": 3}]
    told = found.difference
    assert told.added == ["budget"]
    assert told.removed == ["all", "joint", "others", "own", "partners/days", "partners/total", "starts_on"]
    assert told.changed == ["kind", "partners", "partners/name", "partners/persons", "title"]
    assert told.unfit == ["kind", "partners/persons", "title"]

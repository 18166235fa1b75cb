from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.kit.columns import Cell, Choice
from services.kit.findings import BadValue, Finding
from services.kit.japan import cells, codes
from services.kit.text import Text

STATUS = cells.choice(
    "status",
    [
        Choice("new", Text("新規", "New")),
        Choice("alt", Text("ＡＬＴ（外国語指導助手）", "ALT")),
        Choice("1", Text("一", "")),
    ],
)
EVERY_CELL = [
    *(cell for module in (cells, codes) for cell in vars(module).values() if isinstance(cell, Cell)), STATUS
]  # fmt: skip
RAW = st.one_of(
    st.text(),
    st.text(alphabet="0123456789０１令和平成元年度月日RHS./-()（月） ,¥円", max_size=25),
    st.text(alphabet=st.characters(categories=["Cs", "Co", "Cc"])),
    st.integers(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.dates(),
    st.datetimes(timezones=st.just(None) | st.timezones()),
    st.booleans(),
    st.none(),
    st.binary(),
)


def assert_can_be_shown(finding: Finding, severity: str) -> None:
    assert finding.severity == severity
    for text in (*finding.message, *finding.remedy):
        assert text and text.isprintable() and len(text) < 400
        text.encode()


@pytest.mark.parametrize("cell", EVERY_CELL, ids=lambda cell: cell.name)
@given(raw=RAW)
@example(raw=10**5000)
@example(raw="9" * 1_000_000)
@example(raw=" " * 1_000_000 + "\u0301" * 1_000_000)
def test_any_raw_value_is_understood_or_refused(cell: Cell, raw: object) -> None:
    try:
        parsed = cell.parse(raw)
    except BadValue as refused:
        assert_can_be_shown(refused.finding, "error")
        assert refused.finding.rule in cell.rules
        return
    assert parsed.understood
    parsed.understood.encode()
    for finding in parsed.warnings:
        assert_can_be_shown(finding, "warning")
        assert finding.rule in cell.rules


def test_cell_names_are_unique_and_hinted() -> None:
    assert len({cell.name for cell in EVERY_CELL}) == len(EVERY_CELL) == 20
    assert all(cell.hint.ja and cell.hint.en for cell in EVERY_CELL)


@pytest.mark.parametrize("raw", ["alt", "ALT", "ａｌｔ", " Alt ", "ALT(外国語指導助手)"])
def test_a_choice_by_value_or_either_label(raw: str) -> None:
    assert STATUS.parse(raw).value == "alt"


def test_a_choice_that_excel_made_a_number() -> None:
    assert STATUS.parse(1.0).value == "1"


def test_a_bad_choice_says_what_is_allowed() -> None:
    with pytest.raises(BadValue) as refused:
        STATUS.parse("古い")
    finding = refused.value.finding
    assert (finding.code, finding.rule) == ("not_a_choice", "L2-04")
    assert "新規" in finding.remedy.ja and "New" in finding.remedy.en


@pytest.mark.parametrize("raw", ["", None, True, 2])
def test_empty_spellings_choose_nothing(raw: object) -> None:
    with pytest.raises(BadValue):
        STATUS.parse(raw)


def test_one_spelling_cannot_stand_for_two_choices() -> None:
    with pytest.raises(ValueError, match="two choices"):
        cells.choice("broken", [Choice("a", Text("あ", "A")), Choice("b", Text("あ", "B"))])


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("taro@example.lg.jp", "taro@example.lg.jp"),
        (" ｔａｒｏ＠example.jp ", "taro@example.jp"),
        ("a..b@example.ne.jp",) * 2,
    ],
)
def test_email_addresses(raw: str, address: str) -> None:
    assert cells.EMAIL.parse(raw).value == address


@pytest.mark.parametrize(
    "raw",
    ["taro", "taro@", "@example.jp", "a@b", "a@b@c.jp", "a b@example.jp", "a@x.jp\nb@y.jp", "a@-x.jp", 5],
)
def test_what_is_no_email_address(raw: object) -> None:
    with pytest.raises(BadValue) as refused:
        cells.EMAIL.parse(raw)
    assert refused.value.finding.code == "email_unreadable"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("０３ー００００－００００", "03-0000-0000"),
        ("+81 3 0000 0000", "+81 3 0000 0000"),
        ("(03) 0000-0000", "(03)0000-0000"),
    ],
)
def test_telephone_numbers(raw: str, number: str) -> None:
    assert cells.PHONE.parse(raw).value == number


@pytest.mark.parametrize(
    "raw", [300000000.0, "110", "03-0000-0000 内線5", "0" * 16, "03+0000000", "٠٣٠٠٠٠٠٠٠٠"]
)
def test_what_is_no_telephone_number(raw: object) -> None:
    with pytest.raises(BadValue) as refused:
        cells.PHONE.parse(raw)
    assert refused.value.finding.code == "phone_unreadable"


def test_dates_are_written_as_dates_and_codes_as_text() -> None:
    assert cells.DATE.excel == "date"
    assert cells.LOCAL_GOVERNMENT_CODE.excel == cells.CORPORATE_NUMBER.excel == cells.PHONE.excel == "text"
    assert cells.DATE.parse("R6.7.29").value == date(2024, 7, 29)


SOME = cells.choices(
    "some", [Choice("alt", Text("ALT", "ALT")), Choice("new", Text("新規参加者", "New participants"))]
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("alt;new", ["alt", "new"]),
        ("新規参加者、ＡＬＴ", ["new", "alt"]),
        ("new alt", ["new", "alt"]),
        ("New participants; alt", ["new", "alt"]),
        ("alt, alt", ["alt"]),
        (("new", "alt"), ["new", "alt"]),
        ((), []),
        (" ; ", []),
    ],
)
def test_a_cell_of_several_choices_is_read_by_marks_or_spaces(raw: object, expected: list[str]) -> None:
    assert SOME.parse(raw).value == expected


@pytest.mark.parametrize("raw", ["alt;cir", "New participants alt", 7, ("alt", None)])
def test_one_wrong_choice_among_several_is_refused(raw: object) -> None:
    with pytest.raises(BadValue) as refused:
        SOME.parse(raw)
    assert refused.value.finding.rule == "L2-04"


@pytest.mark.parametrize(
    "raw",
    [
        "2024-07-29T09:05:00+09:00", "2024-07-29T00:05:00Z", "2024-07-29 09:05", "2024/7/29 9:05", "2024/7/29 9:05:00",
        "令和6年7月29日 9時05分", "R6.7.29 9:05", "２０２４/７/２９　９：０５", datetime(2024, 7, 29, 9, 5),
    ],
)  # fmt: skip
def test_an_instant_without_an_offset_is_japanese_time(raw: object) -> None:
    assert codes.INSTANT.parse(raw).value == datetime(2024, 7, 29, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["2024/7/29 24:00", "2024/7/29 9:60", "9:05", "2024/2/30 9:05", "明日 9:05"])
def test_what_is_no_day_and_time_is_no_instant(raw: str) -> None:
    with pytest.raises(BadValue):
        codes.INSTANT.parse(raw)

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import BadValue
from services.kit.japan.numbers import parse_boolean, parse_decimal, parse_integer, parse_text, parse_yen

LARGEST = 10**15 - 1


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (12, 12),
        (12.0, 12),
        ("１２", 12),
        ("1,234,567", 1_234_567),
        ("１，２３４円", 1234),
        ("¥1,234", 1234),
        ("￥1234", 1234),
        ("12.0", 12),
        ("-5", -5),
        ("−5", -5),
        ("▲1,000", -1000),
        ("¥-5", -5),
    ],
)
def test_integers_as_they_arrive(raw: object, number: int) -> None:
    assert parse_integer(raw).value == number


@pytest.mark.parametrize(
    "raw",
    [
        1.5, "1.5", "1,23", "12名", "千円", "5²", "①", "½", "約10", "--5", "-¥-5", "1e3", "", None, True,
        False, float("nan"), float("inf"), float("-inf"), 10**15, "9" * 16, date(2024, 7, 29),
        pytest.param(10**5000, id="huge"), pytest.param("9" * 100_000, id="long"),
    ],
)  # fmt: skip
def test_what_is_no_integer(raw: object) -> None:
    with pytest.raises(BadValue) as refused:
        parse_integer(raw)
    assert (refused.value.finding.code, refused.value.finding.rule) == ("not_an_integer", "L2-01")


@pytest.mark.parametrize(
    ("raw", "text"),
    [(12, "12"), (149.53, "149.53"), (90.0, "90"), ("１４９．５３", "149.53"), ("1,234.50", "1234.5"), ("007.10", "7.1"),
     ("0.000001", "0.000001"), ("100", "100")],
)  # fmt: skip
def test_decimals_as_they_arrive(raw: object, text: str) -> None:
    assert parse_decimal(raw).value == text


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "-1",
        "+1",
        "1.",
        ".5",
        "1.2.3",
        "1e3",
        1e-7,
        "12円",
        "1.1234567",
        True,
        None,
        float("nan"),
        10**13,
        "½",
    ],
)
def test_what_is_no_decimal(raw: object) -> None:
    with pytest.raises(BadValue) as refused:
        parse_decimal(raw)
    assert (refused.value.finding.code, refused.value.finding.rule) == ("not_a_decimal", "L2-01")


@given(st.integers(-LARGEST, LARGEST))
def test_integers_and_amounts_read_back(number: int) -> None:
    assert parse_integer(number).value == number
    for spelling in (str(number), parse_integer(number).understood, parse_yen(number).understood):
        assert parse_yen(spelling).value == number


@pytest.mark.parametrize(
    ("raw", "text"), [("  山田\n様 ", "  山田\n様 "), (12.0, "12"), (7, "7"), ("①㈱", "①㈱")]
)
def test_text_is_kept_byte_for_byte(raw: object, text: str) -> None:
    parsed = parse_text(raw)
    assert (parsed.value, parsed.warnings) == (text, ())


def test_a_date_in_a_text_column_is_warned_of() -> None:
    parsed = parse_text(date(2024, 1, 2))
    assert parsed.value == "2024-01-02"
    assert [w.code for w in parsed.warnings] == ["date_in_text"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("\x00", "control_character"),
        ("外\ue001字", "private_character"),
        ("\ud800", "control_character"),
        ("あ" * 10_001, "text_too_long"),
        (" ", "not_text"),
        (1.5, "not_text"),
        (True, "not_text"),
        (None, "not_text"),
    ],
)
def test_refused_text(raw: object, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_text(raw)
    assert refused.value.finding.code == code


@pytest.mark.parametrize(
    ("raw", "value"),
    [("○", True), ("〇", True), ("はい", True), ("ＴＲＵＥ", True), (True, True),
     ("×", False), ("いいえ", False), ("no", False), (False, False)],
)  # fmt: skip
def test_yes_and_no(raw: object, value: bool) -> None:
    assert parse_boolean(raw).value is value


@pytest.mark.parametrize("raw", ["△", "", 1, 0, None, float("nan")])
def test_neither_yes_nor_no(raw: object) -> None:
    with pytest.raises(BadValue) as refused:
        parse_boolean(raw)
    assert refused.value.finding.code == "not_a_boolean"

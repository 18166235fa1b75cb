import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import BadValue
from services.kit.japan.local_government_code import (
    LocalGovernmentCode,
    code_check_digit,
    corporate_number,
    parse_corporate_number,
    parse_local_government_code,
)


@st.composite
def codes(draw: st.DrawFn) -> str:
    five = f"{draw(st.integers(1, 47)):02}{draw(st.sampled_from([0, *range(100, 1000)])):03}"
    return five + code_check_digit(five)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("011002", "011002"),
        (" ０１１００２ ", "011002"),
        (11002.0, "011002"),
        (11002, "011002"),
        ("11002", "011002"),
        ("01100", "011002"),
        ("13101", "131016"),
        (13101, "131016"),
        (131016.0, "131016"),
        ("37201", "372013"),
        ("130001", "130001"),
    ],
)
def test_codes_as_they_arrive(raw: object, code: str) -> None:
    parsed = parse_local_government_code(raw)
    assert parsed.value == code
    assert parsed.understood.startswith(code)


def test_a_zero_that_excel_ate_is_put_back_and_told() -> None:
    parsed = parse_local_government_code(11002.0)
    (told,) = parsed.warnings
    assert (told.code, told.severity, told.rule) == ("code_zero_restored", "warning", "L3-06")
    assert "先頭の 0" in told.message.ja and "011002 が正しければ" in told.remedy.ja
    assert parse_local_government_code("13101").warnings == ()
    assert parse_local_government_code("011002").warnings == ()


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        ("131017", "code_check_digit"),
        ("990000", "code_prefecture"),
        ("00110", "code_prefecture"),
        ("99100", "code_prefecture"),
        ("11003", "code_five_digits"),
        ("12203", "code_ambiguous"),
        (12203.0, "code_ambiguous"),
        ("1310", "code_unreadable"),
        ("1310160", "code_unreadable"),
        ("東京都", "code_unreadable"),
        ("١٣١٠١٦", "code_unreadable"),
        (131016.5, "code_unreadable"),
        (True, "code_unreadable"),
        (-11002, "code_unreadable"),
    ],
)
def test_refusals(raw: object, refusal: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_local_government_code(raw)
    assert refused.value.finding.code == refusal
    assert refused.value.finding.rule == "L3-06"


def test_a_wrong_check_digit_says_what_it_should_be() -> None:
    with pytest.raises(BadValue) as refused:
        parse_local_government_code("131017")
    assert "末尾は 6 です" in refused.value.finding.remedy.ja


def test_an_ambiguous_code_names_both_readings() -> None:
    with pytest.raises(BadValue) as refused:
        parse_local_government_code("12203")
    message = refused.value.finding.message.ja
    assert "122033" in message and "012203" in message


@given(codes())
def test_five_digits_give_the_code_back_or_are_refused_as_ambiguous(code: str) -> None:
    assert parse_local_government_code(code).value == code
    for short in (code[:5], str(int(code)), float(code)):
        try:
            assert parse_local_government_code(short).value == code
        except BadValue as refused:
            assert refused.finding.code == "code_ambiguous"


@given(codes(), st.integers(2, 4), st.integers(1, 9))
def test_a_slip_in_one_digit_is_never_taken_for_the_same_code(code: str, place: int, shift: int) -> None:
    slipped = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    # Remainders 0 and 10 share the check digit 1: the official rule cannot tell them apart.
    try:
        accepted = parse_local_government_code(slipped).value
    except BadValue as refused:
        assert refused.finding.code == "code_check_digit"
    else:
        assert accepted == slipped
        remainders = {
            sum(int(d) * w for d, w in zip(c, (6, 5, 4, 3, 2), strict=False)) % 11 for c in (code, slipped)
        }
        assert remainders == {0, 10}


def test_corporate_numbers_of_local_governments() -> None:
    assert corporate_number(LocalGovernmentCode("130001")) == "8000020130001"
    assert corporate_number(LocalGovernmentCode("372013")) == "1000020372013"


@given(codes(), st.integers(0, 12), st.integers(1, 8))
def test_corporate_numbers_read_back_and_slips_do_not(code: str, place: int, shift: int) -> None:
    number = corporate_number(LocalGovernmentCode(code))
    assert parse_corporate_number(number).value == number
    assert parse_corporate_number(float(number)).value == number
    digit = (int(number[place]) + shift) % 10
    if digit % 9 != int(number[place]) % 9:
        with pytest.raises(BadValue) as refused:
            parse_corporate_number(number[:place] + str(digit) + number[place + 1 :])
        assert refused.value.finding.code == "corporate_number_check_digit"


@pytest.mark.parametrize("raw", ["8-0000-2013-0001", "８００００２０１３０００１", 8000020130001.0])
def test_corporate_numbers_as_they_arrive(raw: object) -> None:
    assert parse_corporate_number(raw).value == "8000020130001"


@pytest.mark.parametrize("raw", ["T8000020130001", "800002013000", "", None, True, float("nan")])
def test_what_is_no_corporate_number(raw: object) -> None:
    with pytest.raises(BadValue) as refused:
        parse_corporate_number(raw)
    assert refused.value.finding.code == "corporate_number_unreadable"

"""Slips of the hand: whatever was meant is among what is offered, and never more than can be looked up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.japan.code_slips import MOST, SLIPS, candidates, check_digit_finding, readings
from services.kit.japan.local_government_code import LocalGovernmentCode, corporate_number
from tests.kit.japan.test_local_government_code import codes

NUMBERS = codes().map(lambda code: corporate_number(LocalGovernmentCode(code)))
OURS = st.from_regex(r"[A-Z][0-9]{5}", fullmatch=True)
MEANT = codes() | NUMBERS | OURS


def slip_of(meant: str, typed: str) -> str | None:
    return next((one.slip for one in candidates(typed) if one.code == meant), None)


@given(MEANT, st.data())
def test_one_digit_wrong_is_found(meant: str, data: st.DataObject) -> None:
    at = data.draw(st.sampled_from([n for n, one in enumerate(meant) if one.isdigit()]))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != meant[at]]))
    found = slip_of(meant, meant[:at] + digit + meant[at + 1 :])
    checked = at == {6: 5, 13: 0}.get(len(meant)) and meant.isdigit()
    # where the slip is of the check digit itself, no other reason is given
    assert found == ("check_digit" if checked else found) and found in ("check_digit", "one_digit", "swapped")


@given(MEANT, st.data())
def test_two_neighbours_swapped_are_found(meant: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(meant) - 2))
    typed = meant[:at] + meant[at + 1] + meant[at] + meant[at + 2 :]
    assert typed == meant or slip_of(meant, typed) in ("check_digit", "swapped")


@given(MEANT, st.data())
def test_letters_for_digits_are_one_slip(meant: str, data: st.DataObject) -> None:
    letters = {"0": "Oo", "1": "IiLl"}
    typed = meant[:1] + "".join(data.draw(st.sampled_from(one + letters.get(one, ""))) for one in meant[1:])
    assert typed == meant or slip_of(meant, typed) == "letter"


@given(codes())
def test_a_missing_check_digit_or_first_zero_is_read_and_a_slip_besides_is_found(meant: str) -> None:
    assert meant in readings(meant[:5])
    assert meant[0] != "0" or meant in readings(meant[1:])
    swapped = meant[1] + meant[0] + meant[2:5]
    assert swapped == meant[:5] or slip_of(meant, swapped) is not None or meant in readings(swapped)
    number = corporate_number(LocalGovernmentCode(meant))
    assert number in readings(number[1:])


@given(
    st.text(st.characters(codec="ascii"), max_size=60) | st.from_regex(r"[0-9]{1,45}", fullmatch=True) | MEANT
)
def test_what_is_offered_is_bounded_in_order_and_new(typed: str) -> None:
    found = candidates(typed)
    offered = [one.code for one in found]
    order = [tuple(SLIPS).index(one.slip) for one in found]
    assert len(found) <= MOST and order == sorted(order)
    assert len(set(offered)) == len(offered) and not {*offered} & {*readings(typed)}
    assert found == candidates(typed)


@pytest.mark.parametrize("length", [5, 6, 12, 13])
def test_a_code_makes_few_look_ups(length: int) -> None:
    assert len(candidates("1" * length)) <= 2 * (9 * length + length - 1) + 1 <= 260


@given(codes(), st.integers(1, 9))
def test_a_check_digit_that_does_not_agree_is_said(meant: str, more: int) -> None:
    assert check_digit_finding(meant) is None
    wrong = meant[:5] + str((int(meant[5]) + more) % 10)
    found = check_digit_finding(wrong)
    assert found is not None and found.code == "code_check_digit" and meant[5] in found.remedy.ja
    number = corporate_number(LocalGovernmentCode(meant))
    told = check_digit_finding(str((int(number[0]) + more) % 10) + number[1:])
    assert told is not None and told.code == "corporate_number_check_digit"


def test_a_code_of_ours_has_no_check_digit() -> None:
    assert check_digit_finding("S00001") is None
    assert readings("S00001") == ("S00001",)

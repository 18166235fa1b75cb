"""What a code was meant to be: how it can be read, and which codes it may be a slip of the hand away from.

Nothing here knows which codes there are. What is made is bounded, so that a directory looks each of it up in an
index and never reads its whole table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.kit.findings import BadValue, Finding
from services.kit.japan.local_government_code import (
    code_check_digit,
    corporate_check_digit,
    parse_corporate_number,
    parse_local_government_code,
)
from services.kit.text import Text

LONGEST = 40
# a code of forty digits: each of them another (9), and each two neighbours swapped
MOST = LONGEST * 9 + LONGEST - 1

Slip = Literal["check_digit", "letter", "swapped", "one_digit"]
# In the order in which they are offered.
SLIPS: dict[Slip, Text] = {
    "check_digit": Text("検査数字が違います", "the check digit is wrong"),
    "letter": Text("数字の代わりに文字が入っています", "a letter stands for a digit"),
    "swapped": Text("隣り合う数字が入れ替わっています", "two neighbouring digits are swapped"),
    "one_digit": Text("数字が1つ違います", "one digit is wrong"),
}
_LOOK_ALIKE = str.maketrans("OoIiLl", "001111")


@dataclass(frozen=True, slots=True)
class Candidate:
    code: str
    slip: Slip


def readings(typed: str) -> tuple[str, ...]:
    """The codes that `typed` stands for as it is: folded text, of which a check digit or Excel's first zero may
    be missing."""
    if not _digits(typed) or len(typed) not in (5, 12):
        return (typed,)
    if len(typed) == 12:
        return (typed, corporate_check_digit(typed) + typed)
    return (typed, typed + code_check_digit(typed), "0" + typed)


def candidates(typed: str) -> tuple[Candidate, ...]:
    """Every code one slip away from `typed`, best first, none twice and none of its readings."""
    if len(typed) > LONGEST:
        return ()
    left_out = {*readings(typed)}
    made: dict[str, Slip] = {}
    for code, slip in (*_checked(typed), *_lettered(typed), *_slipped(typed)):
        if code not in left_out:
            made.setdefault(code, slip)
    order = tuple(SLIPS)
    ranked = sorted(made.items(), key=lambda one: order.index(one[1]))
    return tuple(Candidate(code, slip) for code, slip in ranked)


def check_digit_finding(typed: str) -> Finding | None:
    """What is wrong with the check digit of a code of six or a number of thirteen digits."""
    parse = {6: parse_local_government_code, 13: parse_corporate_number}.get(len(typed))
    if parse is None or not _digits(typed):
        return None
    try:
        parse(typed)
    except BadValue as refused:
        return refused.finding
    return None


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _lettered(typed: str) -> Iterator[tuple[str, Slip]]:
    """All letters that look like a digit are one slip: whoever types O for 0 does so throughout."""
    digits = typed.translate(_LOOK_ALIKE)
    # the letter in front of a code of ours is none
    for code in (digits, typed[:1] + digits[1:]):
        yield from ((reading, "letter") for reading in readings(code) if code != typed)


def _checked(typed: str) -> Iterator[tuple[str, Slip]]:
    if _digits(typed) and len(typed) == 6:
        yield typed[:5] + code_check_digit(typed[:5]), "check_digit"
    if _digits(typed) and len(typed) == 13:
        yield corporate_check_digit(typed[1:]) + typed[1:], "check_digit"


def _slipped(typed: str) -> Iterator[tuple[str, Slip]]:
    """Of a code without its check digit each slip is completed; of one without its first zero likewise."""
    for code, slip in _one_slip(typed):
        if _digits(typed) and len(typed) == 5:
            yield code + code_check_digit(code), slip
            yield "0" + code, slip
        elif _digits(typed) and len(typed) == 12:
            yield corporate_check_digit(code) + code, slip
        else:
            yield code, slip


def _one_slip(typed: str) -> Iterator[tuple[str, Slip]]:
    for at in range(len(typed) - 1):
        if typed[at] != typed[at + 1]:
            yield typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :], "swapped"
    for at, digit in enumerate(typed):
        if _digits(digit):
            yield from (
                (typed[:at] + other + typed[at + 1 :], "one_digit")
                for other in "0123456789"
                if other != digit
            )

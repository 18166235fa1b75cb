"""全国地方公共団体コード (JIS X 0401 prefecture + JIS X 0402 municipality + check digit) and 法人番号.

A code is always six characters of text. Whether it stands in the official table is for the directory
to say; here only its own digits are judged.
"""

import re
from typing import NewType

from services.kit.findings import BadValue, Finding, Parsed
from services.kit.japan.reading import folded, refusal, shown, warning
from services.kit.text import Text

LocalGovernmentCode = NewType("LocalGovernmentCode", str)

RULE = "L3-06"
_DIGITS = re.compile(r"[0-9]+")
_PREFECTURES = range(1, 48)
# 000 is the prefecture itself; cities, wards, towns, villages and unions start at 100.
_MUNICIPALITIES = range(100, 1000)

_SIX_DIGITS = Text(
    "検査数字まで含めた6桁を、文字列の書式で書いてください（例：011002）。",
    "Write all six digits, check digit included, in a cell formatted as text (011002).",
)


def code_check_digit(five: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def parse_local_government_code(raw: object) -> Parsed[LocalGovernmentCode]:
    text = folded(raw)
    if not _DIGITS.fullmatch(text) or len(text) not in (5, 6):
        raise refusal(
            "code_unreadable",
            Text(
                f"「{shown(raw)}」は団体コードの形ではありません。",
                f"“{shown(raw)}” is not a local government code.",
            ),
            _SIX_DIGITS,
            RULE,
        )
    return _six_digits(text, raw) if len(text) == 6 else _five_digits(text, raw)


def _six_digits(text: str, raw: object) -> Parsed[LocalGovernmentCode]:
    if int(text[:2]) not in _PREFECTURES:
        raise _no_prefecture(raw)
    due = code_check_digit(text[:5])
    if text[5] != due:
        raise refusal(
            "code_check_digit",
            Text(
                f"団体コード「{shown(raw)}」の検査数字が合いません。",
                f"The check digit of “{shown(raw)}” does not agree.",
            ),
            Text(
                f"各桁を確かめてください。初めの5桁が正しければ、末尾は {due} です。",
                f"Check every digit. If the first five are right, the last is {due}.",
            ),
            RULE,
        )
    return Parsed(LocalGovernmentCode(text), text)


def _five_digits(text: str, raw: object) -> Parsed[LocalGovernmentCode]:
    """Either the check digit was left out, or Excel ate the first zero."""
    completed, restored = text + code_check_digit(text), "0" + text
    readings = {
        code: said
        for code, said in (
            (completed, f"{completed}（検査数字を補いました）"),
            (restored, f"{restored}（先頭の 0 を補いました）"),
        )
        if _could_exist(code)
    }
    if len(readings) > 1:
        either = " / ".join(readings)
        raise refusal(
            "code_ambiguous",
            Text(
                f"5桁の「{shown(raw)}」は {either} のどちらにも読み取れます。",
                f"The five digits “{shown(raw)}” can be read as {either}.",
            ),
            _SIX_DIGITS,
            RULE,
        )
    if not readings:
        raise _no_prefecture(raw) if int(text[:2]) not in _PREFECTURES else _no_reading(raw)
    code, said = readings.popitem()
    lost = code == restored
    return Parsed(LocalGovernmentCode(code), said, (_zero_restored(raw, code),) if lost else ())


def _zero_restored(raw: object, code: str) -> Finding:
    return warning(
        "code_zero_restored",
        Text(
            f"団体コード「{shown(raw)}」は先頭の 0 が失われています。",
            f"The code “{shown(raw)}” has lost its first 0.",
        ),
        Text(
            f"{code} が正しければそのままで構いません。コードの列は文字列の書式にして、6桁で書いてください。",
            f"Leave it if {code} is right. Format the column as text and write all six digits.",
        ),
        RULE,
    )


def _could_exist(code: str) -> bool:
    municipality = int(code[2:5])
    return (
        int(code[:2]) in _PREFECTURES
        and (municipality == 0 or municipality in _MUNICIPALITIES)
        and code[5] == code_check_digit(code[:5])
    )


def _no_prefecture(raw: object) -> BadValue:
    return refusal(
        "code_prefecture",
        Text(
            f"団体コード「{shown(raw)}」の都道府県番号がありません。",
            f"“{shown(raw)}” starts with no prefecture's number.",
        ),
        Text(
            "初めの2桁は 01 から 47 です。6桁で書いてください。",
            "The first two digits are 01 to 47. Write six digits.",
        ),
        RULE,
    )


def _no_reading(raw: object) -> BadValue:
    return refusal(
        "code_five_digits",
        Text(
            f"5桁の「{shown(raw)}」は、検査数字を補っても先頭の 0 を補っても団体コードになりません。",
            f"The five digits “{shown(raw)}” are no code, with a check digit added or a first zero.",
        ),
        _SIX_DIGITS,
        RULE,
    )


def corporate_check_digit(twelve: str) -> str:
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(twelve)))
    return str(9 - total % 9)


def corporate_number(code: LocalGovernmentCode) -> str:
    """法人番号 of a local government; wards of designated cities have a code but no such number."""
    base = f"000020{code}"
    return corporate_check_digit(base) + base


def parse_corporate_number(raw: object) -> Parsed[str]:
    text = folded(raw).replace("-", "")
    if not _DIGITS.fullmatch(text) or len(text) != 13:
        raise refusal(
            "corporate_number_unreadable",
            Text(
                f"「{shown(raw)}」は13桁の法人番号ではありません。",
                f"“{shown(raw)}” is not a corporate number of 13 digits.",
            ),
            Text(
                "13桁の数字を、文字列の書式で書いてください。", "Write 13 digits in a cell formatted as text."
            ),
        )
    due = corporate_check_digit(text[1:])
    if text[0] != due:
        raise refusal(
            "corporate_number_check_digit",
            Text(
                f"法人番号「{shown(raw)}」の検査数字が合いません。",
                f"The check digit of “{shown(raw)}” does not agree.",
            ),
            Text(
                f"各桁を確かめてください。後の12桁が正しければ、先頭は {due} です。",
                f"Check every digit. If the last twelve are right, the first is {due}.",
            ),
        )
    return Parsed(text, text)

"""Numbers, free text and yes/no as they stand in spreadsheets.

Rules: L2-01 (a number is only a number) and L2-04 (choices) of 機械可読性ルール.
"""

import re
from datetime import date
from decimal import Decimal

from services.kit.findings import Parsed
from services.kit.japan.names import check_characters
from services.kit.japan.reading import folded, refusal, shown, warning, whole_number
from services.kit.text import Text

TEXT_LIMIT = 10_000

_INTEGER = re.compile(
    r"(?P<sign>[-+▲△])?[¥\\]?(?P<inner>-)?(?P<digits>[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.0*)?円?"
)
_DECIMAL = re.compile(r"(?P<whole>[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?P<part>\.[0-9]{1,6})?")
_BOOLEANS = {
    **dict.fromkeys(("○", "◯", "〇", "はい", "true", "yes"), True),
    **dict.fromkeys(("×", "✕", "✖", "いいえ", "false", "no"), False),
}


def parse_integer(raw: object) -> Parsed[int]:
    number = whole_number(raw)
    if number is None:
        number = _written(raw)
    return Parsed(number, f"{number:,}")


def parse_yen(raw: object) -> Parsed[int]:
    number = parse_integer(raw).value
    return Parsed(number, f"{number:,}円")


def parse_decimal(raw: object) -> Parsed[str]:
    """A number that is not negative, exact: as text without zeros that say nothing."""
    broken = isinstance(raw, float) and not raw.is_integer()
    match = _DECIMAL.fullmatch(folded(str(raw) if broken else raw))
    if match is None:
        raise refusal(
            "not_a_decimal",
            Text(
                f"「{shown(raw)}」を数値として読み取れません。", f"“{shown(raw)}” cannot be read as a number."
            ),
            Text(
                "単位や符号を付けず、整数部12桁、小数部6桁以内の数値だけを書いてください。",
                "Write a number of up to 12 digits and 6 decimals and nothing else: no unit, no sign.",
            ),
            "L2-01",
        )
    text = f"{Decimal(match['whole'].replace(',', '') + (match['part'] or '')):f}"
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return Parsed(plain, plain)


def _written(raw: object) -> int:
    match = _INTEGER.fullmatch(folded(raw))
    if match is None or (match["sign"] and match["inner"]):
        raise refusal(
            "not_an_integer",
            Text(
                f"「{shown(raw)}」を整数として読み取れません。",
                f"“{shown(raw)}” cannot be read as a whole number.",
            ),
            Text(
                "単位や注記を付けず、15桁以内の整数だけを書いてください。",
                "Write a whole number of up to 15 digits and nothing else: no unit, no note.",
            ),
            "L2-01",
        )
    number = int(match["digits"].replace(",", ""))
    negative = match["inner"] or match["sign"] in ("-", "▲", "△")
    return -number if negative else number


def parse_text(raw: object) -> Parsed[str]:
    """Free text, byte for byte; a number or date that Excel made of it is written out."""
    number = whole_number(raw)
    if number is not None:
        return Parsed(str(number), str(number))
    if isinstance(raw, date):
        return _from_date(raw)
    if not isinstance(raw, str) or not raw.strip():
        raise refusal(
            "not_text",
            Text(f"「{shown(raw)}」は文章ではありません。", f"“{shown(raw)}” is not text."),
            Text("文字列の書式のセルに書いてください。", "Write it in a cell formatted as text."),
        )
    if len(raw) > TEXT_LIMIT:
        raise refusal(
            "text_too_long",
            Text(f"文章が長すぎます（{len(raw)}文字）。", f"The text is too long ({len(raw)} characters)."),
            Text(f"{TEXT_LIMIT}文字以内で書いてください。", f"Keep it within {TEXT_LIMIT} characters."),
        )
    check_characters(raw, allow_line_breaks=True)
    return Parsed(raw, raw)


def _from_date(raw: date) -> Parsed[str]:
    text = raw.isoformat()
    finding = warning(
        "date_in_text",
        Text(f"文字列の欄に日付 {text} があります。", f"A column of text holds the date {text}."),
        Text(
            "Excel が「1-2」などを日付に変えたのであれば、文字列の書式で書き直してください。",
            "If Excel made a date of something like 1-2, write it again in a cell formatted as text.",
        ),
    )
    return Parsed(text, text, (finding,))


def parse_boolean(raw: object) -> Parsed[bool]:
    value = raw if isinstance(raw, bool) else _BOOLEANS.get(folded(raw).casefold())
    if value is None:
        raise refusal(
            "not_a_boolean",
            Text(f"「{shown(raw)}」は ○ か × ではありません。", f"“{shown(raw)}” is neither ○ nor ×."),
            Text(
                "○ か × を書いてください（はい・いいえ、true・false も可）。",
                "Write ○ or ×, yes or no, true or false.",
            ),
            "L2-04",
        )
    return Parsed(value, "○" if value else "×")

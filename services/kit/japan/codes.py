"""Codes and instants in cells: codes are text however Excel kept them."""

import re
from datetime import UTC, date, datetime, time

from services.kit.columns import Cell, Raw
from services.kit.findings import BadValue, Finding, Parsed
from services.kit.japan.clock import JST
from services.kit.japan.era import parse_date
from services.kit.japan.local_government_code import parse_local_government_code
from services.kit.japan.reading import fold, folded, warning, whole_number
from services.kit.text import Text

_LONGEST = 40
# as Excel writes a date with a time, and as people do: 2024/7/29 9:00, 令和6年7月29日 9時30分
_DAY_AND_TIME = re.compile(
    r"(?P<day>.+?)[ \u3000](?P<hour>[0-9]{1,2})[:時](?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{2})|分)?"
)

BAD_CODE = Finding(
    "code_not_readable",
    Text("コードとして読み取れません", "This cannot be read as a code"),
    Text("英数字のコードを入力してください。", "Enter a code of letters and digits."),
)
CODE_AS_NUMBER = warning(
    "code_as_number",
    Text(
        "コードが数値として入力されています。先頭に 0 があったなら失われています。",
        "This code was entered as a number; if it began with 0, that is lost.",
    ),
    Text(
        "正しければそのままで構いません。コードの列は文字列の書式にして書いてください。",
        "Leave it if it is right. Format the column of codes as text.",
    ),
)
BAD_INSTANT = Finding(
    "instant_not_readable",
    Text("日時として読み取れません", "This cannot be read as an instant"),
    Text(
        "2024-07-01T09:00:00+09:00、または日本時間で 2024/7/1 9:00 の形で入力してください。",
        "Write it as 2024-07-01T09:00:00+09:00 or, in Japanese time, 2024/7/1 9:00.",
    ),
    "L3-05",
)


def parse_code(raw: Raw) -> Parsed[str]:
    """Letters, digits and hyphens; full width and Excel's numbers are understood."""
    number = whole_number(raw)
    text = str(number) if number is not None else folded(raw)
    if (
        not 0 < len(text) <= _LONGEST
        or not text.isascii()
        or not text.replace("-", "").replace("_", "").isalnum()
    ):
        raise BadValue(BAD_CODE)
    return Parsed(text, text, () if number is None else (CODE_AS_NUMBER,))


def parse_organisation_code(raw: Raw) -> Parsed[str]:
    """A local government's code of five or six digits with its check digit, or one of our own (S00001)."""
    code = parse_code(raw).value.upper()
    if code.isdigit() and len(code) <= 6:
        local = parse_local_government_code(raw)
        return Parsed(str(local.value), local.understood, local.warnings)
    return Parsed(code, code)


def parse_instant(raw: Raw) -> Parsed[datetime]:
    """ISO 8601, or a day with a time; without an offset, which Excel cannot say, it is Japanese time."""
    if isinstance(raw, str) and len(raw) <= _LONGEST:
        raw = _moment(raw.strip())
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = datetime.combine(raw, time())  # as a workbook is read, midnight has no time
    if not isinstance(raw, datetime):
        raise BadValue(BAD_INSTANT)
    value = raw if raw.tzinfo else raw.replace(tzinfo=JST)
    try:
        return Parsed(value.astimezone(UTC), value.isoformat())
    except OverflowError:
        raise BadValue(BAD_INSTANT) from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    match = _DAY_AND_TIME.fullmatch(fold(text))
    if match is None:
        raise BadValue(BAD_INSTANT)
    day = parse_date(match["day"]).value
    try:
        return datetime.combine(
            day, time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        )
    except ValueError:
        raise BadValue(BAD_INSTANT) from None


CODE = Cell("code", parse_code, Text("コード", "A code"), rules=("code_not_readable", "code_as_number"))
ORGANISATION_CODE = Cell(
    "organisation_code",
    parse_organisation_code,
    Text(
        "団体コード（全国地方公共団体コード6桁など）", "An organisation's code (six digits with check digit)"
    ),
    rules=("L3-06", "code_not_readable"),
)
INSTANT = Cell(
    "instant",
    parse_instant,
    Text(
        "日時。2024/7/1 9:00（日本時間）、2024-07-01T09:00:00+09:00 など",
        "An instant: 2024/7/1 9:00 (Japanese time), 2024-07-01T09:00:00+09:00",
    ),
    rules=("L3-05",),
)

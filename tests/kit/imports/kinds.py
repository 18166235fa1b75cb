"""A small kind of import for these tests, with cells of its own."""

from datetime import date, datetime, timedelta

from services.kit.columns import Cell, Choice, Column, Kind, Raw
from services.kit.findings import BadValue, Finding, Parsed
from services.kit.text import Text

BAD = Finding("bad", Text("読めません。", "Unreadable."), Text("直してください。", "Mend it."), "L2-01")
SERIAL = Finding(
    "serial", Text("連番です。", "A serial."), Text("日付に。", "Use a date."), severity="warning"
)
NO_HINT = Text("", "")


def _text(raw: Raw) -> Parsed[str]:
    return Parsed(str(raw), str(raw))


def _number(raw: Raw) -> Parsed[str]:
    if len(str(raw)) != 11 or not str(raw).isdecimal():
        raise BadValue(BAD)
    return Parsed(str(int(raw)), str(int(raw)))


def _date(raw: Raw) -> Parsed[date]:
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return Parsed(raw, raw.isoformat())
    if isinstance(raw, int):
        value = date(1899, 12, 30) + timedelta(days=raw)
        return Parsed(value, value.isoformat(), (SERIAL,))
    try:
        value = date.fromisoformat(raw)
    except (ValueError, TypeError):
        raise BadValue(BAD) from None
    return Parsed(value, value.isoformat())


JOBS = tuple(
    Choice(value, Text(f"{label}（職種の長い名前をここに書きます）", value))
    for value, label in (("ALT", "外国語指導助手"), ("CIR", "国際交流員"), ("SEA", "スポーツ国際交流員"))
) + tuple(Choice(f"X{place}", Text(f"その他の職種その{place}", f"other {place}")) for place in range(20))


def _job(raw: Raw) -> Parsed[str]:
    for choice in JOBS:
        if raw in (choice.value, choice.label.ja, choice.label.en):
            return Parsed(choice.value, choice.label.ja)
    raise BadValue(BAD)


TEXT = Cell("text", _text, Text("そのままの文字", "Any text"), "text")
NUMBER = Column(
    "jet_number",
    Text("JET番号", "JET number"),
    Cell("jet_number", _number, Text("11桁の数字", "11 digits"), "text"),
    required=True,
    aliases=("JET No.",),
)
KIND = Kind(
    "appointments",
    Text("任用", "Appointments"),
    "2026-01",
    (
        NUMBER,
        Column("job", Text("職種", "Job type"), Cell("job", _job, NO_HINT, "text", JOBS), required=True),
        Column(
            "starts_on",
            Text("着任日", "Start date"),
            Cell("date", _date, Text("2024/7/29 または 令和6年7月29日", "2024/7/29"), "date"),
            required=True,
        ),
        Column("workplace", Text("配置先", "Workplace"), TEXT, required=False),
        Column("code", Text("団体コード", "Organisation code"), TEXT, required=False),
    ),
)
HEADINGS = [column.title.ja for column in KIND.columns]

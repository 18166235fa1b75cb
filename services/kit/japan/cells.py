"""The kinds of cell that imports, exports and templates are made of."""

from services.kit.columns import Cell
from services.kit.japan.choices import choice, choices
from services.kit.japan.contacts import parse_email, parse_phone
from services.kit.japan.era import parse_date
from services.kit.japan.fiscal_year import parse_year
from services.kit.japan.local_government_code import parse_corporate_number, parse_local_government_code
from services.kit.japan.names import check_name, parse_family_name, parse_kana
from services.kit.japan.numbers import parse_boolean, parse_decimal, parse_integer, parse_text, parse_yen
from services.kit.japan.partial_date import parse_partial_date
from services.kit.japan.time_of_day import parse_time
from services.kit.text import Text

__all__ = [
    "BOOLEAN",
    "CORPORATE_NUMBER",
    "DATE",
    "DECIMAL",
    "EMAIL",
    "FAMILY_NAME",
    "INTEGER",
    "KANA",
    "LOCAL_GOVERNMENT_CODE",
    "NAME",
    "PARTIAL_DATE",
    "PHONE",
    "TEXT",
    "TIME",
    "YEAR",
    "YEN",
    "choice",
    "choices",
]

DATE = Cell(
    "date",
    parse_date,
    Text("日付。2024-07-29、令和6年7月29日、R6.7.29 など", "A date: 2024-07-29, 令和6年7月29日, R6.7.29"),
    "date",
    rules=("L3-05",),
)
PARTIAL_DATE = Cell(
    "partial_date",
    parse_partial_date,
    Text("日付、年月、年、または「都度」", "A date, a month (2024-07), a year, or 都度 (as required)"),
    "text",
    rules=("L3-05",),
)
TIME = Cell(
    "time",
    parse_time,
    Text("時刻。9:30、9時30分 など", "A time: 9:30 or 13:00"),
    "text",
    rules=("time_unreadable",),
)
YEAR = Cell(
    "year",
    parse_year,
    Text("年度。2024、令和6年度、R6 など", "A fiscal year: 2024, 令和6年度, R6"),
    "general",
    rules=("L3-05",),
)
LOCAL_GOVERNMENT_CODE = Cell(
    "local_government_code",
    parse_local_government_code,
    Text("全国地方公共団体コード6桁（例：131016）", "Local government code, six digits (131016)"),
    rules=("L3-06",),
)
CORPORATE_NUMBER = Cell(
    "corporate_number",
    parse_corporate_number,
    Text("法人番号13桁（例：8000020130001）", "Corporate number, 13 digits (8000020130001)"),
    rules=("corporate_number_unreadable", "corporate_number_check_digit"),
)
_NAMED = ("L1-06", "L1-08", "name_unreadable", "name_too_long")
NAME = Cell(
    "name", check_name, Text("名称。200文字以内、外字は不可", "A name of up to 200 characters"), rules=_NAMED
)
FAMILY_NAME = Cell(
    "family_name",
    parse_family_name,
    Text("姓だけ。名は名の欄に書いてください", "The family name alone; the given name has its own column"),
    rules=("L1-07", *_NAMED),
)
KANA = Cell(
    "kana",
    parse_kana,
    Text("フリガナ（全角カタカナ）", "The reading in full-width katakana"),
    rules=("not_kana", *_NAMED),
)
TEXT = Cell(
    "text", parse_text, Text("文章", "Text"), rules=("L1-08", "not_text", "text_too_long", "date_in_text")
)
INTEGER = Cell("integer", parse_integer, Text("整数", "A whole number"), "integer", rules=("L2-01",))
DECIMAL = Cell(
    "decimal",
    parse_decimal,
    Text("0以上の数値（小数部6桁まで）", "A number, with up to six decimals"),
    rules=("L2-01",),
)
YEN = Cell("yen", parse_yen, Text("金額（円、整数）", "An amount in whole yen"), "integer", rules=("L2-01",))
BOOLEAN = Cell("boolean", parse_boolean, Text("○ か ×", "○ (yes) or × (no)"), rules=("L2-04",))
EMAIL = Cell("email", parse_email, Text("メールアドレス", "An e-mail address"), rules=("email_unreadable",))
PHONE = Cell(
    "phone",
    parse_phone,
    Text("電話番号（例：03-0000-0000）", "A telephone number (03-0000-0000)"),
    rules=("phone_unreadable",),
)

"""The page 使い方 of a form: what to do, step by step, and what each column takes; it prints on A4."""

from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from services.kit.columns import Choice, Kind
from services.kit.imports.cells import wrapped_height
from services.kit.imports.headings import REFERENCE_MARK, REQUIRED_MARK
from services.kit.imports.layout import WORDS, Place, Sort
from services.kit.imports.xlsxwriter_types import A4, Format, Workbook
from services.kit.text import Text

GUIDE = "使い方"
_SHOWN_CHOICES = 12
_HEADINGS = ("列\nColumn", "見出し\nHeading", "区分\nSort", "書き方\nHow to write it", "選択肢\nChoices")
_WIDTHS = (9, 27, 13, 52, 42)
_MOVED = Text(
    "見出しの行と様式の版（2行目）は変えないでください。列の順番は変えても構いません。",
    "Leave the headings and the version (row 2) as they are. Columns may be moved.",
)
_SIGNS = Text(
    f"{REQUIRED_MARK}のある列は必須です。選択肢のある列は、セルの一覧から選んでください。",
    f"Columns marked {REQUIRED_MARK} are required. Where a cell has a list, choose from it.",
)
_WHICH = Text(
    "灰色の列は、だれの・どの行かを表します。初めから入っている行では変えないでください。",
    "Grey columns say whose row it is. Do not change them in rows that came filled in.",
)
_REFERENCE = Text(
    f"{REFERENCE_MARK}の列は確認のための表示です。変えても取り込まれません。",
    f"Columns marked {REFERENCE_MARK} are for you to look at; what they hold is not read.",
)
_LOOK = Text("確認のための表示です。入力は要りません。", "For you to look at; nothing to enter.")
_CHOOSE = Text("一覧から選んでください。", "Choose from the list.")
_PLAIN = Text(
    "セルの結合、数式、行や列の非表示は使わず、1つのセルに1つの値だけを入力してください。",
    "No merged cells, no formulas, no hidden rows or columns: one value a cell.",
)
_BACK = Text(
    "誤りのある行があれば、「エラー」の列を付けた同じブックが返ります。直して、そのまま送り直せます。",
    "Wrong rows come back in the same workbook with a column エラー. Mend them there and send it again.",
)
_ASK = Text(
    "お問い合わせの際は、送ったときの受付番号をお知らせください。",
    "When you call about it, have the receipt number at hand.",
)


def write_guide(
    workbook: Workbook, kind: Kind, places: Sequence[Place], *, page: str, first_row: int
) -> None:
    """`page` is the sheet to fill in, from row `first_row` as Excel shows it."""
    guide = workbook.add_worksheet(GUIDE)
    for place, width in enumerate(_WIDTHS):
        guide.set_column(place, place, width)
    faint = workbook.add_format({"font_color": "#595959"})
    title = f"{kind.title.ja}の様式の使い方 / How to use the form of {kind.title.en}"
    guide.write_string(0, 0, title, workbook.add_format({"bold": True, "size": 14}))
    row = 2
    for number, step in enumerate(_steps(places, page, first_row), start=1):
        guide.write_string(row, 0, f"{number}. {step.ja}")
        guide.write_string(row + 1, 0, f"    {step.en}", faint)
        row += 2
    row += 1
    heading = workbook.add_format(
        {"bold": True, "bg_color": "#D9D9D9", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    for place, text in enumerate(_HEADINGS):
        guide.write_string(row, place, text, heading)
    guide.set_row(row, 32)
    guide.repeat_rows(row)
    body = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sorts: dict[Sort, Format] = {
        one.sort: workbook.add_format({**one.heading_style, "bold": False, "valign": "top"}) for one in places
    }
    for place, one in enumerate(places, start=1):
        texts = _described(get_column_letter(place), one)
        for column, text in enumerate(texts):
            guide.write_string(row + place, column, text, sorts[one.sort] if column == 2 else body)
        lines = zip(texts, _WIDTHS, strict=True)
        guide.set_row(row + place, max(wrapped_height(text, width) for text, width in lines))
    guide.set_landscape()
    guide.set_paper(A4)
    guide.fit_to_pages(1, 0)
    guide.set_footer("&L&A&R&P / &N")


def _steps(places: Sequence[Place], page: str, first_row: int) -> list[Text]:
    sorts = {one.sort for one in places}
    return [
        Text(
            f"シート「{page}」の{first_row}行目から、1行に1件ずつ入力してください。",
            f"On the sheet “{page}”, enter one record a row from row {first_row}.",
        ),
        _MOVED,
        _SIGNS,
        *([_WHICH] if "which" in sorts else []),
        *([_REFERENCE] if "reference" in sorts else []),
        _PLAIN,
        _BACK,
        _ASK,
    ]


def _described(letter: str, one: Place) -> tuple[str, ...]:
    column = one.column
    hint = _CHOOSE if column.cell.choices else column.cell.hint
    if one.sort == "reference":
        hint = _LOOK
    word = WORDS[one.sort]
    return (
        letter,
        f"{one.heading}\n{column.title.en}",
        f"{word.ja}\n{word.en}",
        "\n".join(filter(None, (column.description.ja, hint.ja, column.description.en, hint.en))),
        _choices(column.cell.choices),
    )


def _choices(choices: Sequence[Choice]) -> str:
    """A long list would fill the page; the drop-down holds it anyway."""
    shown = [f"{choice.label.ja} ({choice.label.en})" for choice in choices[:_SHOWN_CHOICES]]
    return "\n".join([*shown, "…"] if len(choices) > _SHOWN_CHOICES else shown)

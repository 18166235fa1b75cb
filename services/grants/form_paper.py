"""The official form (様式) as DOCX, made from its schema: filled with answers, or empty to be written on."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from services.grants.computing import Answers, computed, rows_of
from services.grants.form import Cell, Column, Form, columns, ordered
from services.kit.japan.printed import printed_date
from services.kit.text import Language, Text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FACES = {"w:ascii": "Times New Roman", "w:hAnsi": "Times New Roman", "w:eastAsia": "ＭＳ 明朝"}
_WIDTH, _LABEL = 170, 50  # millimetres between the margins of an A4, and of them the labels
_HIGH, _TALL = 8, 40  # of a row, at least; of one to be written on at length
_LINE = 100  # characters from which on an answer is long
_EMPTY_ROWS = 4
_SHOWN_CHOICES = 12
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_REQUIRED = "※"
_MARK = Text(f"{_REQUIRED}は必須の欄です。", f"{_REQUIRED} marks what is required.")
_YES_NO = (Text("はい", "Yes"), Text("いいえ", "No"))


def form_docx(
    form: Form, answers: Answers | None = None, *, heading: Sequence[str] = (), language: Language = "ja"
) -> bytes:
    """`answers` None: the empty form. `heading`: lines below the title, such as the programme and who applies."""
    paper = _Paper(form, language, empty=answers is None)
    paper.head(heading)
    given = answers or {}
    paper.body(given, computed(form, given))
    out = BytesIO()
    paper.document.save(out)
    return out.getvalue()


class _Paper:
    def __init__(self, form: Form, language: Language, *, empty: bool) -> None:
        self.form, self.language, self.empty = form, language, empty
        self.document = _blank_document(form.label.text.within(language), language)
        self._table: Table | None = None  # the running one of labels and answers

    def head(self, heading: Sequence[str]) -> None:
        if self.form.number is not None:
            self.document.add_paragraph(_printable(self.form.number))
        title = self.document.add_paragraph()
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = title.add_run(_printable(self.form.label.text.within(self.language)))
        run.bold, run.font.size = True, Pt(16)
        for line in heading:
            self.document.add_paragraph(_printable(line)).alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if self.empty:
            self.document.add_paragraph(_MARK.within(self.language))

    def body(self, answers: Answers, results: Answers) -> None:
        for name, cell in ordered(self.form.properties):
            if cell.section is not None:
                self._table = None
                _heading(self.document, _printable(cell.section.text.within(self.language)))
            if cell.type == "array":
                self._list(cell, rows_of(answers.get(name)), rows_of(results.get(name)))
            else:
                self._line(cell, results.get(name) if cell.computed else answers.get(name), name)

    def _line(self, cell: Column, value: object, name: str) -> None:
        if self._table is None:
            self._table = _table(self.document, [_LABEL, _WIDTH - _LABEL])
        long = cell.type == "string" and (cell.max_length or 0) > _LINE
        left, right = _row(self._table, _TALL if long and self.empty else _HIGH)
        self._label(left, cell, required=name in self.form.required)
        _write(right.paragraphs[0], self._shown(cell, value))

    def _label(self, into: _Cell, cell: Column, *, required: bool) -> None:
        paragraph = into.paragraphs[0]
        _write(paragraph, cell.label.text.within(self.language) + (_REQUIRED if required else ""), bold=True)
        if cell.help is not None:
            said = paragraph.add_run(
                "\n" + _printable(cell.help.ja if self.language == "ja" else cell.help.en)
            )
            said.font.size, said.font.color.rgb = Pt(8), RGBColor(0x59, 0x59, 0x59)

    def _list(self, cell: Cell, rows: Sequence[Answers], results: Sequence[Answers]) -> None:
        self._table = None
        _heading(self.document, cell.label.text.within(self.language))
        named = ordered(columns(cell))
        if not named:
            return
        shares = [2 if column.type == "string" and column.format is None else 1 for _, column in named]
        table = _table(self.document, [_WIDTH * share / sum(shares) for share in shares])
        for into, (name, column) in zip(_row(table), named, strict=True):
            self._label(into, column, required=cell.items is not None and name in cell.items.required)
        _repeat(table)
        # two tables that touch are one to a word processor
        self.document.add_paragraph().paragraph_format.space_after = Pt(0)
        blank: Sequence[Answers] = [{}] * max(_EMPTY_ROWS, cell.min_items or 0)
        for number, row in enumerate(blank if self.empty else rows):
            made = results[number] if number < len(results) else {}
            for into, (name, column) in zip(_row(table), named, strict=True):
                paragraph = into.paragraphs[0]
                _write(paragraph, self._shown(column, made.get(name) if column.computed else row.get(name)))
                if column.type == "integer":
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _shown(self, cell: Column, value: object) -> str:
        if cell.type == "boolean":
            marks = (
                self._marked(one, value is said) for one, said in zip(_YES_NO, (True, False), strict=True)
            )
            return "　".join(marks)
        if cell.choices is not None:
            return self._chosen(
                cell.enum or [], {code: one.text for code, one in cell.choices.items()}, value
            )
        if value is None or (self.empty and cell.computed):
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{int(value):,}"
        if cell.format == "date" and isinstance(value, str):
            return _day(value, self.language)
        return str(value)

    def _chosen(self, codes: Sequence[str], labels: Mapping[str, Text], value: object) -> str:
        if len(codes) > _SHOWN_CHOICES:
            return labels[str(value)].within(self.language) if value in labels else ""
        return "　".join(self._marked(labels[code], code == value) for code in codes)

    def _marked(self, label: Text, chosen: bool) -> str:
        return f"{'☑' if chosen else '☐'} {label.within(self.language)}"


def _blank_document(title: str, language: Language) -> Document:
    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script, face in _FACES.items():
        fonts.set(qn(script), face)
    spoken = OxmlElement("w:lang")  # else a Japanese text is set with another country's letters
    spoken.set(qn("w:val"), "en-GB")
    spoken.set(qn("w:eastAsia"), "ja-JP")
    normal.element.rPr.append(spoken)
    normal.font.size = Pt(10.5)
    told: Any = document.core_properties
    told.title, told.author, told.comments, told.language = _printable(title), "", "", language
    return document


def _heading(document: Document, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(10)
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, text, bold=True)


def _table(document: Document, widths: Sequence[float]) -> Table:
    table: Table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    return table


def _row(table: Any, height: int = _HIGH) -> Sequence[_Cell]:
    """A new one; the library has no type for it."""
    row = table.add_row()
    row.height = Mm(height)  # at least so high
    cells: Sequence[_Cell] = row.cells
    for cell in cells:
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    return cells


def _repeat(table: Table) -> None:
    """The first row again on each page."""
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))


def _write(paragraph: Paragraph, text: str, *, bold: bool = False) -> None:
    paragraph.add_run(_printable(text)).bold = bold


def _printable(text: str) -> str:
    """XML holds no control characters."""
    return _UNPRINTABLE.sub("", text)


def _day(value: str, language: Language) -> str:
    try:
        return printed_date(date.fromisoformat(value)).within(language)
    except ValueError:
        return value

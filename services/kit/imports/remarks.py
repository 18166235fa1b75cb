"""The words for what can be wrong with a file, as opposed to one value in it.

Rule ids are those of 行政データにおける機械可読性に関するルール; what breaks none of them breaks a rule of ours.
"""

import re
from typing import Literal

from services.kit.findings import Finding
from services.kit.text import Text

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def shown(text: str, limit: int = 40) -> str:
    """Somebody's text as it may stand inside a message: one line, printable, short."""
    clean = _UNPRINTABLE.sub(" ", text).strip()
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def remark(
    code: str,
    message: tuple[str, str],
    remedy: tuple[str, str],
    rule: str = "",
    severity: Literal["error", "warning"] = "error",
) -> Finding:
    return Finding(code, Text(*message), Text(*remedy), rule, severity)


_AS_XLSX = (
    "Excelで開き「名前を付けて保存」で「Excelブック (*.xlsx)」を選び、もう一度送ってください。",
    "Open it in Excel, choose Save As, Excel Workbook (*.xlsx), and send it again.",
)
_AS_CSV = (
    "CSV（UTF-8）で保存して送ってください。CSVには行数の上限がありません。",
    "Save it as CSV (UTF-8) and send that; CSV has no row limit.",
)

NOT_A_WORKBOOK = remark(
    "not_a_workbook",
    ("Excelブック（.xlsx）として読めません。", "The file is not a readable Excel workbook (.xlsx)."),
    _AS_XLSX,
    "L1-01",
)
OLD_WORKBOOK = remark(
    "old_workbook",
    ("古いExcel形式（.xls）です。", "The file is in the old Excel format (.xls)."),
    _AS_XLSX,
    "L1-01",
)
ENCRYPTED = remark(
    "workbook_encrypted",
    ("パスワードで保護されたファイルです。", "The file is protected by a password."),
    ("パスワードを外して保存し、もう一度送ってください。", "Remove the password, save, and send it again."),
    "L1-01",
)
WORKBOOK_TOO_BIG = remark(
    "workbook_too_big",
    (
        "展開後の大きさが上限（300 MB）を超えるブックです。",
        "Unpacked, the workbook is over the limit of 300 MB.",
    ),
    _AS_CSV,
)
FILE_EMPTY = remark(
    "file_empty",
    ("ファイルが空です。", "The file is empty."),
    ("データの入ったファイルを送ってください。", "Send a file that holds data."),
)
NO_ROWS = remark(
    "no_rows",
    ("見出しの下にデータの行がありません。", "There are no data rows under the header."),
    ("見出しの次の行から入力してください。", "Enter rows directly under the header."),
)
HEADER_NOT_FOUND = remark(
    "header_not_found",
    (
        "先頭の20行に、この様式の見出しの行が見つかりません。",
        "No header row of this form was found in the first 20 rows.",
    ),
    (
        "様式をダウンロードし直し、見出しの行を変えずに入力してください。",
        "Download the template again and leave its header row as it is.",
    ),
    "L1-05",
)
WORKBOOK_SENT_AS_TEXT = remark(
    "workbook_sent_as_text",
    ("中身はExcelブックですが、テキストとして送られました。", "The file is a workbook but was sent as text."),
    (
        "Content-Typeをapplication/vnd.openxmlformats-officedocument.spreadsheetml.sheetにしてください。",
        "Send it with the Content-Type of an Excel workbook.",
    ),
)
FIELDS_BEYOND_HEADER = remark(
    "fields_beyond_header",
    ("見出しより多くの値がこの行にあります。", "This row has more fields than the header."),
    (
        "値の中のカンマやタブは、その値を二重引用符で囲んでください。",
        'Quote values that contain the separator, as in "a,b".',
    ),
    "L1-15",
)
FORMULA_ERROR = remark(
    "formula_error",
    (
        "数式の結果がエラー（#N/A、#REF! など）です。",
        "The formula in this cell gives an error (#N/A, #REF!, …).",
    ),
    ("数式を消して値を入力してください。", "Replace the formula by its value."),
    "L2-06",
)
REQUIRED_VALUE_MISSING = remark(
    "required_value_missing",
    ("必須の値が入力されていません。", "A required value is missing."),
    ("値を入力してください。", "Enter a value."),
    "L2-02",
)
UNUSABLE_CHARACTER = remark(
    "unusable_character",
    ("保存できない制御文字が含まれています。", "The value contains a control character that cannot be kept."),
    ("値を入力し直してください（貼り付けではなく）。", "Type the value again instead of pasting it."),
    "L1-08",
)
NOT_A_JSON_OBJECT = remark(
    "not_a_json_object",
    (
        "この行は厳密なJSONのオブジェクトではありません（NaN、同じキーの重複、不正な文字は使えません）。",
        "This line is not one strict JSON object (NaN, repeated keys and lone surrogates are refused).",
    ),
    ("1行に1つのJSONオブジェクトを書いてください。", "Write one JSON object on each line."),
)
NOT_ONE_VALUE = remark(
    "not_one_value",
    ("1つの値ではありません（配列やオブジェクト）。", "This is an array or an object, not one value."),
    ("文字列、数値、真偽値、nullのいずれかにしてください。", "Give a string, a number, true, false or null."),
    "L1-07",
)


def media_type_unsupported(media_type: str) -> Finding:
    return remark(
        "media_type_unsupported",
        (
            f"この形式は取り込めません: {shown(media_type)}",
            f"This type cannot be imported: {shown(media_type)}",
        ),
        ("XLSX、CSV、TSV、NDJSONのいずれかを送ってください。", "Send XLSX, CSV, TSV or NDJSON."),
        "L1-01",
    )


def charset_unsupported(charset: str) -> Finding:
    return remark(
        "charset_unsupported",
        (f"この文字コードは読めません: {shown(charset)}", f"This charset cannot be read: {shown(charset)}"),
        (
            "UTF-8、UTF-16、cp932（Shift_JIS）のいずれかにしてください。",
            "Use UTF-8, UTF-16 or cp932 (Shift_JIS).",
        ),
        "L3-08",
    )


def undecodable(encoding: str, line: int, offset: int) -> Finding:
    return remark(
        "undecodable",
        (
            f"{line}行目（先頭から{offset}バイト目）に{encoding}として読めない文字があります。",
            f"Line {line} (byte {offset}) cannot be read as {encoding}.",
        ),
        (
            "Excelで「CSV UTF-8（コンマ区切り）」として保存し直してください。",
            "In Excel, save it again as CSV UTF-8 (Comma delimited).",
        ),
        "L3-08",
    )


def broken_text(line: int) -> Finding:
    return remark(
        "broken_text",
        (
            f"{line}行目の付近で読めなくなりました（引用符が閉じていないか、値が長すぎます）。",
            f"Reading failed near line {line}: a quote is not closed, or a value is too long.",
        ),
        ("二重引用符の対応を確かめてください。", "Check that every double quote is closed."),
        "L1-15",
    )


def too_many_rows(limit: int) -> Finding:
    return remark(
        "too_many_rows",
        (f"ブックの行数が上限（{limit:,}行）を超えています。", f"The workbook has more than {limit:,} rows."),
        (
            f"{_AS_CSV[0]}下の方に不要な値があるときは、その行を削除してください。",
            f"{_AS_CSV[1]} If a stray value stands far below the table, delete that row.",
        ),
    )


def too_many_columns(limit: int) -> Finding:
    return remark(
        "too_many_columns",
        (f"表の列数が多すぎます（上限{limit}列）。", f"The table is too wide (limit {limit} columns)."),
        ("表の右側の不要な列を削除してください。", "Delete the columns to the right of the table."),
        "L1-04",
    )


def unknown_heading(where: str, text: str) -> Finding:
    return remark(
        "unknown_heading",
        (
            f"{where}「{shown(text)}」はこの様式にない見出しなので、読み飛ばしました。",
            f"{where} “{shown(text)}” is not a column of this form and was ignored.",
        ),
        (
            "必要な列なら、様式の見出しに合わせてください。",
            "If it is needed, use the heading of the template.",
        ),
        "L1-05",
        "warning",
    )


def cells_merged(where: str) -> Finding:
    return remark(
        "cells_merged",
        (f"{where} のセルが結合されています。", f"The cells {where} are merged."),
        (
            "結合を解除し、それぞれの行に値を入力してください。",
            "Unmerge them and enter the value in every row.",
        ),
        "L1-12",
    )


def rows_not_read(rows: list[int], total: int) -> Finding:
    named = ", ".join(map(str, rows)) + (", …" if total > len(rows) else "")
    return remark(
        "rows_not_read",
        (
            f"必須の列がすべて空の行や注記の行を読み飛ばしました（{total}行: {named}）。",
            f"Skipped {total} rows that are notes or have no required value (rows {named}).",
        ),
        (
            "データの行であれば、必須の列を入力してください。",
            "If they are data, fill in the required columns.",
        ),
        "L1-04",
        "warning",
    )


def rows_hidden(rows: list[int]) -> Finding:
    named = ", ".join(map(str, rows[:10])) + (", …" if len(rows) > 10 else "")
    return remark(
        "rows_hidden",
        (
            f"非表示の行も読み取りました（{len(rows)}行: {named}）。",
            f"Hidden rows were read too ({len(rows)}: {named}).",
        ),
        (
            "不要な行は、非表示にせずに削除してください。",
            "Delete rows that are not needed instead of hiding them.",
        ),
        "L1-13",
        "warning",
    )


def sheet_not_read(sheet: str) -> Finding:
    return remark(
        "sheet_not_read",
        (
            f"シート「{shown(sheet)}」にも同じ様式の表がありますが、読んでいません。",
            f"The sheet “{shown(sheet)}” also holds such a table; it was not read.",
        ),
        ("1つのシートにまとめてください。", "Put all rows on one sheet."),
        "L1-02",
        "warning",
    )

"""The words for what can be wrong with the headings of a file, and with the form that it is."""

from services.kit import glossary
from services.kit.columns import Kind
from services.kit.findings import Finding
from services.kit.imports.remarks import remark
from services.kit.text import Text


def heading_blank(where: str) -> Finding:
    return remark(
        "heading_blank",
        (
            f"{where}列に見出しのない値があるので、読み飛ばしました。",
            f"Column {where} has values and no heading; it was ignored.",
        ),
        (
            "必要な列なら、見出しの行に様式の見出しを書いてください。不要な値なら消してください。",
            "If it is needed, write its heading in the header row; if not, delete the values.",
        ),
        "L1-05",
        "warning",
    )


def heading_repeated(where: str, title: Text) -> Finding:
    return remark(
        "heading_repeated",
        (
            f"見出し「{title.ja}」が{where}にもう一つあります。",
            f"The heading “{title.en}” is repeated at {where}.",
        ),
        ("どちらか一方の列を削除してください。", "Delete one of the two columns."),
        "L2-03",
    )


def column_missing(title: Text) -> Finding:
    return remark(
        "required_column_missing",
        (f"必須の列「{title.ja}」がありません。", f"The required column “{title.en}” is missing."),
        ("様式の見出しの行を変えずに使ってください。", "Leave the header row of the template as it is."),
        "L1-05",
    )


def form_of_another_kind(found: str, kind: Kind) -> Finding:
    """`found` is the name of the kind that a sheet of the file says it is a form of."""
    known = glossary.terms().get(found)
    title = known[0] if known else Text(found, found)
    return remark(
        "form_of_another_kind",
        (
            f"「{title.ja}」（{found}）の様式が入っています。送り先は「{kind.title.ja}」（{kind.name}）です。",
            f"It holds the form of {title.en} ({found}); it was sent as {kind.title.en} ({kind.name}).",
        ),
        (
            f"「{title.ja}」を送るのであれば種類を {found} にし、そうでなければほかの様式のシートを除いてください。"
            f"「{kind.title.ja}」の様式は imports/kinds/{kind.name}/template からダウンロードできます。",
            f"To send {title.en}, choose the kind {found}; if not, take the sheets of other forms out. The form "
            f"of {kind.title.en} is had at imports/kinds/{kind.name}/template.",
        ),
    )


def form_of_another_version(found: str, today: str) -> Finding:
    return remark(
        "form_of_another_version",
        (
            f"この様式は版 {found} です。今の様式は版 {today} です。見出しを読み替えて取り込みました。",
            f"This form is of version {found}; today's is {today}. It was read by its headings.",
        ),
        (
            "このまま使えますが、読み飛ばした見出しがないか確かめ、次からは今の様式を使ってください。",
            "It may be used; see that no heading was ignored, and take today's form the next time.",
        ),
        "L3-07",
        "warning",
    )

"""What is wrong with one value, said so that a clerk can mend it."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from services.kit.text import Text

T = TypeVar("T")

# 行政データにおける機械可読性に関するルール (デジタル庁): id → what it asks for
RULES: dict[str, Text] = {
    "L1-01": Text("機械が直接読み取れるファイル形式", "A file format that machines read"),
    "L1-02": Text("1シート1表", "One table a sheet"),
    "L1-03": Text("データを分断しない", "No blank rows or columns inside the data"),
    "L1-04": Text("データと無関係な情報を置かない", "Nothing but the data"),
    "L1-05": Text("すべての列に項目名", "A heading for every column"),
    "L1-06": Text("スペースや改行で体裁を整えない", "No spaces or line breaks for layout"),
    "L1-07": Text("1セル1データ", "One datum a cell"),
    "L1-08": Text("機種依存文字を使わない", "No characters that depend on the machine"),
    "L1-09": Text("空白とゼロを区別する", "Blank and zero told apart"),
    "L1-10": Text("オブジェクトを使わない", "No pictures or shapes"),
    "L1-11": Text("書式で違いを表現しない", "No meaning by format alone"),
    "L1-12": Text("セルを結合しない", "No merged cells"),
    "L1-13": Text("行や列を非表示のまま残さない", "No hidden rows or columns"),
    "L1-14": Text("1行1データ（CSV）", "One record a line (CSV)"),
    "L1-15": Text("カンマを含む値は二重引用符で囲む（CSV）", "Quotes around values with commas (CSV)"),
    "L2-01": Text("数値に文字を混ぜない", "Numbers hold no text"),
    "L2-02": Text("値を省略しない", "No value left out"),
    "L2-03": Text("項目名は一意", "Unique headings"),
    "L2-04": Text("選択肢を標準化する", "Standard choices"),
    "L2-05": Text("選択肢と「その他」の詳細を分ける", "The details of “other” in a column of their own"),
    "L2-06": Text("数式ではなく値", "Values, not formulas"),
    "L3-01": Text("項目名の行から始める", "The headings come first"),
    "L3-02": Text("コード表", "A code table"),
    "L3-03": Text("特殊記号の定義", "Special signs are defined"),
    "L3-04": Text("単位の記載", "Units are stated"),
    "L3-05": Text("時間軸の表記", "Standard dates"),
    "L3-06": Text("地域コード", "Area codes"),
    "L3-07": Text("年によって形式を変えない", "The same form every year"),
    "L3-08": Text("定義・更新履歴・文字コード", "Definitions, versions and encoding"),
    "L3-09": Text("縦持ち", "One observation a row"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one value.

    `rule` cites the rule that was broken: one of RULES, else one of ours, which is named like the `code` itself.
    """

    code: str
    message: Text
    remedy: Text
    rule: str = ""
    severity: Literal["error", "warning"] = "error"

    def __post_init__(self) -> None:
        if not self.rule:
            object.__setattr__(self, "rule", self.code)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """A value as understood, the text to say it back with, and remarks that do not refuse it."""

    value: T
    understood: str
    warnings: tuple[Finding, ...] = ()


class BadValue(ValueError):
    """A value that cannot be understood; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding

"""What is wrong with a form although each keyword of it may stand: read before it is kept."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError

from jsonschema_rs import ValidationError

from services.grants.form import C, Cell, Column, Form, columns, depth_first, validator
from services.kit.findings import Finding
from services.kit.text import Text

KEYWORD = Finding(
    "keyword_not_of_type",
    Text("この種類の欄には使えない指定です", "This keyword is not for a cell of this type"),
    Text("この指定を外すか、type を直してください。", "Leave the keyword out, or mend the type."),
)
NO_ITEMS = Finding(
    "list_without_columns",
    Text("一覧の列がありません", "The list has no columns"),
    Text("items に列を書いてください。", "Say its columns in items."),
)
ORDER_TWICE = Finding(
    "order_twice",
    Text("同じ順番の欄がほかにあります", "Another cell has the same place"),
    Text("x-order を重ならない番号にしてください。", "Give each cell an x-order of its own."),
)
NOT_A_CELL = Finding(
    "cell_unknown",
    Text("この名前の欄はありません", "There is no cell of this name"),
    Text("properties にある名前を書いてください。", "Name one that stands in properties."),
)
REQUIRED_COMPUTED = Finding(
    "required_computed",
    Text("計算欄を必須にすることはできません", "A computed cell cannot be required"),
    Text(
        "required から外してください。計算欄は自動で入ります。",
        "Take it out of required: it fills itself.",
    ),
)
CHOICES_DIFFER = Finding(
    "choices_not_labelled",
    Text("選択肢と表示名が対応していません", "Choices and their labels do not match"),
    Text(
        "enum の値それぞれに、x-choices で日本語と英語の表示名を1つずつ付けてください。",
        "Give each value of enum one label in x-choices, in Japanese and English.",
    ),
)
LIMITS_CROSSED = Finding(
    "limits_crossed",
    Text("下限が上限を超えています", "The lower limit is above the upper one"),
    Text("下限を上限以下にしてください。", "Make the lower limit no greater than the upper one."),
)
PATTERN_UNREADABLE = Finding(
    "pattern_unreadable",
    Text("正規表現を読み取れません", "The pattern cannot be read"),
    Text(
        "書き方を確認してください。先読みと後方参照は使えません。",
        "Check how it is written; it takes no look-around and no back-reference.",
    ),
)
PATTERN_UNEXPLAINED = Finding(
    "pattern_without_help",
    Text("形式の説明がありません", "Nothing explains the pattern"),
    Text(
        "記入する人に見せる書き方の説明を x-help に書いてください。",
        "Say in x-help how to write it, for those who fill it in.",
    ),
)
COMPUTED_OF_ONE = Finding(
    "computed_of_one",
    Text("計算の種類は1つだけ書きます", "A computed cell has one operation"),
    Text("sum、difference、product のどれか1つにしてください。", "Leave one of sum, difference and product."),
)
NOT_A_NUMBER = Finding(
    "computed_of_no_number",
    Text("計算に使えない欄です", "Nothing can be computed from this cell"),
    Text(
        "同じ表の整数の欄か、「一覧の名前/列の名前」を書いてください。",
        "Name a whole-number cell of the same table, or “list/column”.",
    ),
)
CYCLE = Finding(
    "computed_cycle",
    Text("計算が循環しています", "The computation goes round in a circle"),
    Text(
        "自分自身の結果を使わないように、計算の元を直してください。",
        "Change what it is computed from, so that no cell needs its own result.",
    ),
)

_OF_TYPE = {
    "string": {"format", "min_length", "max_length", "pattern", "enum", "choices"},
    "integer": {"minimum", "maximum", "computed"},
    "boolean": set[str](),
    "array": {"items", "min_items", "max_items"},
}
_TYPED = set[str]().union(*_OF_TYPE.values())
Place = tuple[str, Finding]


def contradictions(form: Form) -> Iterator[Place]:
    """What in a form goes against the rest of it, each at its place (a JSON pointer without the first slash)."""
    yield from _table("", form.properties, form.required)
    for name, cell in form.properties.items():
        if cell.type == "array" and cell.items is None:
            yield f"properties/{name}", NO_ITEMS
        elif cell.items is not None:
            yield from _table(f"properties/{name}/items/", cell.items.properties, cell.items.required)


def _table(at: str, cells: Mapping[str, C], required: list[str]) -> Iterator[Place]:
    """Of cells that stand beside each other."""
    seen: set[int] = set()
    for name, cell in cells.items():
        place = f"{at}properties/{name}"
        if cell.order in seen:
            yield f"{place}/x-order", ORDER_TWICE
        seen.add(cell.order)
        yield from ((f"{place}/{keyword}", wrong) for keyword, wrong in _cell(cell))
        yield from ((f"{place}/x-computed", wrong) for wrong in _computed(cell, cells))
    for number, name in enumerate(required):
        if name not in cells:
            yield f"{at}required/{number}", NOT_A_CELL
        elif cells[name].computed is not None:
            yield f"{at}required/{number}", REQUIRED_COMPUTED
    try:
        depth_first(cells)
    except CycleError as error:
        yield f"{at}properties/{min(error.args[1])}/x-computed", CYCLE


def _cell(cell: Column) -> Iterator[Place]:
    fields = type(cell).model_fields
    for name in sorted(_TYPED & fields.keys() - _OF_TYPE[cell.type]):
        if getattr(cell, name) is not None:
            yield fields[name].alias or name, KEYWORD
    if cell.enum is not None or cell.choices is not None:
        values, labelled = cell.enum or [], cell.choices or {}
        if len(set(values)) != len(values) or set(values) != labelled.keys():
            yield "x-choices", CHOICES_DIFFER
    limits = [("maxLength", cell.min_length, cell.max_length), ("maximum", cell.minimum, cell.maximum)]
    if isinstance(cell, Cell):
        limits.append(("maxItems", cell.min_items, cell.max_items))
    for keyword, low, high in limits:
        if low is not None and high is not None and low > high:
            yield keyword, LIMITS_CROSSED
    if cell.pattern is not None:
        if cell.help is None:
            yield "x-help", PATTERN_UNEXPLAINED
        try:
            validator({"pattern": cell.pattern})
        except (ValidationError, ValueError):
            yield "pattern", PATTERN_UNREADABLE


def _computed(cell: Column, beside: Mapping[str, C]) -> Iterator[Finding]:
    if cell.computed is None:
        return
    operations = (cell.computed.sum, cell.computed.difference, cell.computed.product)
    if sum(one is not None for one in operations) != 1:
        yield COMPUTED_OF_ONE
    for named in cell.computed.named:
        name, _, column = named.partition("/")
        found: Column | None = beside.get(name)
        if column:
            found = columns(found).get(column) if isinstance(found, Cell) else None
        if found is None or found.type != "integer":
            yield NOT_A_NUMBER
            return

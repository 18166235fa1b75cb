"""What is wrong with the answers to a form, each at its place: a JSON pointer into them, without the first slash."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema_rs import ValidationError

from services.grants.computing import Answers, computed, rows_of
from services.grants.form import LONGEST, MOST, MOST_ROWS, Cell, Column, Form, columns, document, validator
from services.kit.findings import Finding
from services.kit.text import Text

Place = tuple[str, Finding]
# what nobody is told of a blank text: that it is missing says it
_OF_WRITING = ("answer_minlength", "answer_pattern", "answer_format", "answer_enum")
_NAMED = 20  # of the choices
# what no paper can hold: control characters but for tabs and ends of lines
_UNUSABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{fffe}\x{ffff}]"

MISSING = Finding(
    "answer_missing",
    Text("必須の欄が空欄です", "A required cell is blank"),
    Text("この欄を記入してください。", "Fill it in."),
)
UNKNOWN = Finding(
    "answer_unknown",
    Text("この様式にない欄です", "The form has no such cell"),
    Text(
        "この欄を外してください。様式が新しくなった場合は、下書きを読み直してください。",
        "Leave it out. Where the form has a new version, read the draft again.",
    ),
)
COMPUTED = Finding(
    "answer_computed",
    Text("計算欄は記入できません", "This cell is computed and takes no answer"),
    Text("この欄を外してください。自動で計算されます。", "Leave it out; it fills itself."),
)
TOO_GREAT = Finding(
    "computed_too_great",
    Text("計算結果の桁数が大きすぎます", "The result has too many digits"),
    Text(
        "計算の元になる数値を確認してください。",
        "Check the numbers that it is computed from.",
    ),
)
# by the keyword of JSON Schema that failed; {…} are its limits
_WRONG: Mapping[str, tuple[Text, Text]] = {
    "minLength": (
        Text("文字数が足りません", "The text is too short"),
        Text("{limit}文字以上で記入してください。", "Write at least {limit} characters."),
    ),
    "maxLength": (
        Text("文字数が多すぎます", "The text is too long"),
        Text("{limit}文字以内にしてください。", "Keep it within {limit} characters."),
    ),
    "minimum": (
        Text("数値が小さすぎます", "The number is too small"),
        Text("{limit}以上の数値にしてください。", "Give {limit} or more."),
    ),
    "maximum": (
        Text("数値が大きすぎます", "The number is too great"),
        Text("{limit}以下の数値にしてください。", "Give {limit} or less."),
    ),
    "minItems": (
        Text("行数が足りません", "The list is too short"),
        Text("{limit}行以上記入してください。", "Give at least {limit} rows."),
    ),
    "maxItems": (
        Text("行数が多すぎます", "The list is too long"),
        Text("{limit}行以内にしてください。", "Keep it within {limit} rows."),
    ),
    "pattern": (Text("書き方が決まりに合いません", "It is not written as asked"), Text("{help.ja}", "{help.en}")),
    "not": (
        Text("使えない文字が含まれています", "It holds a character that cannot be kept"),
        Text("この欄の制御文字を消してください。ほかのソフトから貼り付けた場合は、入力し直してください。",
             "Take out its control characters; where it was pasted from elsewhere, type it anew."),
    ),
    "enum": (
        Text("選択肢にない値です", "This is none of the choices"),
        Text("次のいずれかを選んでください：{choices.ja}", "Choose one of: {choices.en}"),
    ),
    "format": (
        Text("日付として読み取れません", "This is no date"),
        Text("実在する日付を YYYY-MM-DD で記入してください。", "Write a day of the calendar as YYYY-MM-DD."),
    ),
}  # fmt: skip
_TYPES: Mapping[str, Text] = {
    "string": Text("文字で記入してください。", "Write text."),
    "integer": Text("整数で記入してください。", "Give a whole number."),
    "boolean": Text("はい（true）かいいえ（false）を選んでください。", "Choose yes (true) or no (false)."),
    "array": Text("一覧（配列）で記入してください。", "Give a list."),
    "object": Text("欄の名前と値の組（オブジェクト）で記入してください。", "Give names of cells with their values."),
}  # fmt: skip


def validate(form: Form, answers: Answers, *, whole: bool) -> list[Place]:
    """What is wrong with the answers. Of a draft (not `whole`) nothing is missing yet, and no text or list too short."""
    blank = dict(_blanks(form, answers))
    found: list[Place] = []
    for error in validator(_schema(form, whole=whole)).iter_errors(dict(answers)):
        found += (
            (place, one)
            for place, one in _said(form, error)
            if place not in blank or one.code not in _OF_WRITING
        )
    return [*found, *blank.items(), *_too_great(computed(form, answers))] if whole else found


def _schema(form: Form, *, whole: bool) -> dict[str, Any]:
    """With the limits that hold of each cell, and without the computed ones."""
    schema = document(form)
    _limit(schema, form.properties, whole=whole)
    return schema


def _limit(table: dict[str, Any], cells: Mapping[str, Column], *, whole: bool) -> None:
    if not whole:
        table["required"] = []
    for name, cell in cells.items():
        if cell.computed is not None:
            del table["properties"][name]
            continue
        told = table["properties"][name]
        upper = {
            "string": ("maxLength", LONGEST),
            "integer": ("maximum", MOST - 1),
            "array": ("maxItems", MOST_ROWS),
        }
        if cell.type in upper:
            keyword, most = upper[cell.type]
            told.setdefault(keyword, most)
        if cell.type == "integer":
            told.setdefault("minimum", 1 - MOST)
        if cell.type == "string":
            told["not"] = {"type": "string", "pattern": _UNUSABLE}
        if not whole:
            told.pop("minLength", None)
            told.pop("minItems", None)
        if isinstance(cell, Cell) and cell.items is not None:
            _limit(told["items"], cell.items.properties, whole=whole)


def _said(form: Form, error: ValidationError) -> Iterator[Place]:
    """In our own words; the validator's are for programmers, and repeat what was typed."""
    place = "/".join(str(part) for part in error.instance_path)
    within = f"{place}/" if place else ""
    keyword, told = error.kind.name, error.kind.as_dict()
    cell, beside = _at(form, error.instance_path)
    if keyword == "required":
        yield f"{within}{told['property']}", MISSING
    elif keyword == "additionalProperties":
        for name in told["unexpected"]:
            wrong = COMPUTED if name in beside else UNKNOWN
            yield f"{within}{escaped(name)}", wrong
    elif keyword == "type":
        kind = cell.type if cell is not None else "object"
        yield (
            place,
            Finding("answer_type", Text("値の種類が違います", "The value is of another kind"), _TYPES[kind]),
        )
    else:
        assert cell is not None
        message, remedy = _WRONG[keyword]
        labels = [one.text for one in (cell.choices or {}).values()][:_NAMED]
        choices = Text("、".join(one.ja for one in labels), ", ".join(one.en for one in labels))
        filled = remedy.fill(limit=told.get("limit"), help=cell.help, choices=choices)
        yield place, Finding(f"answer_{keyword.lower()}", message, filled)


def _at(form: Form, path: Sequence[str | int]) -> tuple[Column | None, Mapping[str, Column]]:
    """The cell at a place, None for the whole or a row; and the cells that belong within the place."""
    if not path:
        return None, form.properties
    cell = form.properties[str(path[0])]
    if len(path) == 1:
        return cell, {}
    within = columns(cell)
    return (None, within) if len(path) == 2 else (within[str(path[2])], {})


def escaped(name: str) -> str:
    """As RFC 6901 writes it; a long one is cut."""
    return name[:100].replace("~", "~0").replace("/", "~1")


def _blanks(form: Form, answers: Answers) -> Iterator[Place]:
    yield from _blank("", form.required, answers)
    for name, cell in form.properties.items():
        for number, row in enumerate(rows_of(answers.get(name))):
            yield from _blank(f"{name}/{number}/", cell.items.required if cell.items else (), row)


def _blank(at: str, required: Sequence[str], answers: Answers) -> Iterator[Place]:
    for name in required:
        if isinstance(value := answers.get(name), str) and not value.strip():
            yield f"{at}{name}", MISSING


def _too_great(results: Answers) -> Iterator[Place]:
    for name, value in results.items():
        if value is None:
            yield name, TOO_GREAT
        for number, row in enumerate(rows_of(value)):
            yield from (
                (f"{name}/{number}/{column}", TOO_GREAT) for column, one in row.items() if one is None
            )

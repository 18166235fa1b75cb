"""What pydantic found, in the words of a clerk; the input itself is never repeated."""

from collections.abc import Sequence
from typing import Any

from services.kit.errors import FieldError
from services.kit.text import Text

_Said = tuple[Text, Text]
_MISSING: _Said = (
    Text("必須の項目がありません", "A required field is missing"),
    Text("この項目を入力してください。", "Give this field."),
)
UNKNOWN: _Said = (
    Text("知らない項目です", "This field is not known here"),
    Text("つづりを確認するか、この項目を外してください。", "Check its spelling, or leave it out."),
)
_WRONG = Text("値の形式が正しくありません", "The value has the wrong form")
# pydantic's kinds of error as remedies; {…} are the limits that pydantic tells
_REMEDIES: dict[str, Text] = {
    "string_type": Text("文字列で入力してください。", "Give text."),
    "string_too_short": Text(
        "{min_length}文字以上にしてください。", "Give at least {min_length} characters."
    ),
    "string_too_long": Text("{max_length}文字以内にしてください。", "Give at most {max_length} characters."),
    "string_pattern_mismatch": Text(
        "決められた形式で入力してください。", "Write it in the form that is laid down."
    ),
    "int_type": Text("整数で入力してください。", "Give a whole number."),
    "int_parsing": Text("整数で入力してください。", "Give a whole number."),
    "bool_type": Text("true か false を入力してください。", "Give true or false."),
    "bool_parsing": Text("true か false を入力してください。", "Give true or false."),
    "greater_than_equal": Text("{ge}以上にしてください。", "Give {ge} or more."),
    "less_than_equal": Text("{le}以下にしてください。", "Give {le} or less."),
    "less_than": Text("{lt}より小さくしてください。", "Give less than {lt}."),
    "literal_error": Text("次のいずれかにしてください: {expected}", "Give one of: {expected}"),
    "uuid_type": Text("UUID を入力してください。", "Give a UUID."),
    "uuid_parsing": Text("UUID を入力してください。", "Give a UUID."),
    "date_from_datetime_parsing": Text(
        "日付は YYYY-MM-DD で入力してください。", "Write a date as YYYY-MM-DD."
    ),
    "date_parsing": Text("日付は YYYY-MM-DD で入力してください。", "Write a date as YYYY-MM-DD."),
    "date_type": Text("日付は YYYY-MM-DD で入力してください。", "Write a date as YYYY-MM-DD."),
    "datetime_parsing": Text(
        "日時は 2024-07-01T09:00:00+09:00 の形で入力してください。",
        "Write an instant as 2024-07-01T09:00:00+09:00.",
    ),
    "model_attributes_type": Text("JSON のオブジェクトを送ってください。", "Send a JSON object."),
    "dict_type": Text("JSON のオブジェクトを送ってください。", "Send a JSON object."),
    "list_type": Text("配列で入力してください。", "Give an array."),
}
_FORM = Text(
    "API の説明（/docs）でこの項目の形式を確認してください。", "See the form of this field in /docs."
)


def field_errors(found: Sequence[Any]) -> list[FieldError]:
    return [_error(one) for one in found[:100]]


def _error(one: Any) -> FieldError:
    place, *rest = (str(part).replace("~", "~0").replace("/", "~1") for part in one["loc"])  # RFC 6901
    pointer = "/" + "/".join(rest) if place == "body" else (rest[0] if rest else place)
    kind = str(one["type"])
    if kind == "missing":
        return FieldError(pointer, "field_missing", *_MISSING)
    if kind == "extra_forbidden":
        return FieldError(pointer[:200], "field_unknown", *UNKNOWN)
    if kind == "value_error":  # ours, said in the field's own words
        said = str(one["msg"]).removeprefix("Value error, ")
        return FieldError(
            pointer[:200], "value_invalid", _WRONG, Text(_FORM.ja, f"{said[:1].upper()}{said[1:]}.")
        )
    limits = {name: value for name, value in (one.get("ctx") or {}).items() if isinstance(value, str | int)}
    try:
        remedy = _REMEDIES.get(kind, _FORM).fill(**limits)
    except KeyError:
        remedy = _FORM
    return FieldError(pointer[:200], f"value_{kind}", _WRONG, remedy)

"""What pydantic found, in the words of a clerk; the input itself is never repeated."""

from collections.abc import Sequence
from typing import Any

from services.kit.errors import FieldError
from services.kit.text import Text

_MISSING = (
    Text("必須の項目がありません", "A required field is missing"),
    Text("この項目を入力してください。", "Give this field."),
)
_UNKNOWN = (
    Text("知らない項目です", "This field is not known here"),
    Text("つづりを確認するか、この項目を外してください。", "Check its spelling, or leave it out."),
)
_VALUE = (Text("値の形式が正しくありません", "The value has the wrong form"), Text("{hint}", "{hint}"))


def field_errors(found: Sequence[Any]) -> list[FieldError]:
    return [_error(one) for one in found[:100]]


def _error(one: Any) -> FieldError:
    place, *rest = (str(part) for part in one["loc"])
    pointer = "/" + "/".join(rest) if place == "body" else (rest[0] if rest else place)
    kind = str(one["type"])
    if kind == "missing":
        return FieldError(pointer, "field_missing", *_MISSING)
    if kind == "extra_forbidden":
        return FieldError(pointer[:200], "field_unknown", *_UNKNOWN)
    hint = str(one["msg"]).removeprefix("Value error, ")
    return FieldError(pointer[:200], f"value_{kind}", _VALUE[0], _VALUE[1].fill(hint=hint))

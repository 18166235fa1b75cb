"""A form for what an operation takes, made from its contract: labels from the glossary, choices from the schema.

Nothing is judged here. What a person typed goes to the service as it is, and the service says what is wrong with it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from starlette.datastructures import FormData

from services.gateway.desk.contracts import Operation, Schema
from services.kit import glossary
from services.kit.text import Language

Kind = Literal[
    "text", "passage", "number", "date", "moment", "time", "choice", "several", "words", "numbers", "flag"
]  # fmt: skip
# fields whose choices go by another name in the glossary
_TERMS = {
    "answer": "reappointment_answer", "organisation_answer": "reappointment_answer", "state": "submission_state",
    "audience": "headcount_audience", "within": "headcount_audience", "unit": "headcount_unit",
    "method": "headcount_method", "body_type": "organisation_kind",
    "form": "session_form", "skills": "skill", "wanted_skills": "skill",
    "wanted_japanese_level": "japanese_level", "shared_fields": "shared_field",
    "outcome": "interview_outcome", "held": "interview_held", "purposes": "purpose",
    "channel": "slot_channel", "standing": "selection_standing",
}  # fmt: skip
# fields whose values are names of fields
_OF_FIELDS = ("shared_texts",)
CLOCK_TIME = "^([01][0-9]|2[0-3]):[0-5][0-9]$"
PASSAGE = 1000  # letters from which on a field is written over several lines
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_BETWEEN = re.compile(r"[\s,、，]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One input. `choices` are the values that the service knows: one of them is taken, or several. `words` are a list
    of texts in one line and `numbers` of whole numbers, `moment` is an instant by Japan's clock. `term` is its name in
    the glossary, where that is another one, and `empty` says that it may be left without a value."""

    name: str
    kind: Kind
    choices: tuple[str, ...]
    required: bool
    term: str = ""
    empty: bool = True

    def options(self, spoken: Language) -> list[tuple[str, str]]:
        found = [(value, label(self.term or self.name, value, spoken)) for value in self.choices]
        return [("", "—"), *found] if self.empty else found


def label(field: str, value: object, spoken: Language) -> str:
    """A choice as people read it; anything else as it is."""
    terms = glossary.terms()
    if field in _OF_FIELDS and value in terms:
        return terms[str(value)][0].within(spoken)
    for term in (_TERMS.get(field, field), field):
        known = terms.get(f"{term}.{value}")
        if known is not None:
            return known[0].within(spoken)
    return "" if value is None else str(value)


def entries(operation: Operation, names: Iterable[str] | None = None) -> list[Entry]:
    """Of all fields that it takes, or of these."""
    wanted = operation.body if names is None else list(names)
    return [_entry(name, operation.body[name], name in operation.required) for name in wanted]


def _entry(name: str, schema: Schema, required: bool) -> Entry:
    inner = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    if "enum" in inner:
        empty = not required and "default" not in schema
        return Entry(name, "choice", tuple(inner["enum"]), required, empty=empty)
    if inner.get("type") == "array":
        items = inner.get("items", {})
        among = tuple(items.get("enum", ()))
        words: Kind = "numbers" if items.get("type") == "integer" else "words"
        return Entry(name, "several" if among else words, among, required)
    return Entry(name, _kind(inner), (), required)


def _kind(schema: Schema) -> Kind:
    kinds: dict[object, Kind] = {
        "boolean": "flag", "integer": "number", "date": "date", "date-time": "moment",
    }  # fmt: skip
    if schema.get("pattern") == CLOCK_TIME:
        return "time"
    found = kinds.get(schema.get("format"), kinds.get(schema.get("type"), "text"))
    return "passage" if found == "text" and schema.get("maxLength", 0) >= PASSAGE else found


def typed(form: FormData, asked: Iterable[Entry]) -> dict[str, Any]:
    """What was typed, as JSON: an empty input is null or nothing, digits are a number, a time of day is Japan's, and
    anything else stays what it is."""
    return {one.name: _typed(form, one) for one in asked}


def _typed(form: FormData, one: Entry) -> Any:
    given = [value.strip() for value in form.getlist(one.name) if isinstance(value, str)]
    text = given[0].replace("\r\n", "\n") if given else ""
    if one.kind == "flag":
        return bool(text)
    if one.kind == "several":
        return [value for value in given if value]
    if one.kind == "numbers":
        return [int(word) if word.isdecimal() else word for word in _BETWEEN.split(text) if word]
    if one.kind == "words":
        return [word for word in _BETWEEN.split(text) if word]
    if one.kind == "number" and (digits := text.replace(",", "")).isdecimal():
        return int(digits)
    return (instant(text) if one.kind == "moment" else text) or None


def instant(text: str) -> str:
    """What a browser's input of date and time holds, with Japan's zone; anything else as it is."""
    return f"{text}:00+09:00" if _LOCAL.fullmatch(text) else text


def termed(asked: Iterable[Entry], terms: Mapping[str, str]) -> list[Entry]:
    """With the names in the glossary of those that go by another one there."""
    return [replace(one, term=terms.get(one.name, one.term)) for one in asked]


def differing(typed: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """What a person changed: a merge patch."""
    return {name: value for name, value in typed.items() if value != record.get(name)}

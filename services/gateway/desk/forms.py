"""A form for what an operation takes, made from its contract: labels from the glossary, choices from the schema.

Nothing is judged here. What a person typed goes to the service as it is, and the service says what is wrong with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.datastructures import FormData

from services.gateway.desk.contracts import Operation, Schema
from services.kit import glossary
from services.kit.text import Language

Kind = Literal["text", "number", "date", "choice", "flag"]
# fields whose choices go by another name in the glossary
_TERMS = {
    "answer": "reappointment_answer", "organisation_answer": "reappointment_answer", "state": "submission_state",
    "audience": "headcount_audience", "within": "headcount_audience", "unit": "headcount_unit",
    "method": "headcount_method",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One input. `choices` are the values that the service knows."""

    name: str
    kind: Kind
    choices: tuple[str, ...]
    required: bool

    def options(self, spoken: Language) -> list[tuple[str, str]]:
        found = [(value, label(self.name, value, spoken)) for value in self.choices]
        return found if self.required else [("", "—"), *found]


def label(field: str, value: object, spoken: Language) -> str:
    """A choice as people read it; anything else as it is."""
    terms = glossary.terms()
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
    schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    if "enum" in schema:
        return Entry(name, "choice", tuple(schema["enum"]), required)
    if schema.get("type") == "boolean":
        return Entry(name, "flag", (), required)
    if schema.get("type") == "integer":
        return Entry(name, "number", (), required)
    return Entry(name, "date" if schema.get("format") == "date" else "text", (), required)


def typed(form: FormData, asked: Iterable[Entry]) -> dict[str, Any]:
    """What was typed, as JSON: an empty input is null, digits are a number, and anything else stays what it is."""
    found: dict[str, Any] = {}
    for one in asked:
        value = form.get(one.name)
        text = value.strip() if isinstance(value, str) else ""
        if one.kind == "flag":
            found[one.name] = bool(text)
        elif one.kind == "number" and text.isdecimal():
            found[one.name] = int(text)
        else:
            found[one.name] = text or None
    return found


def differing(typed: Mapping[str, Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """What a person changed: a merge patch."""
    return {name: value for name, value in typed.items() if value != record.get(name)}

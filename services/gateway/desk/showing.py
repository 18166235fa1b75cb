"""Templates: Jinja2, escaped, with the few words that all of them use."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.gateway.desk.forms import label
from services.gateway.desk.zones import at
from services.kit import glossary
from services.kit.japan.clock import JST
from services.kit.text import Language, Text

FOLDER = Path(__file__).parent / "templates"


class Templates:
    """In a template, `t(ja, en)` chooses the language, `term(name)` and `note(name)` are a title and its note in the
    glossary, `choice(field, value)` names a choice, and `day` and `moment` show a date and an instant (Japan's time) as
    people read them; `local` is an instant as an input of a browser holds it."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._environment.filters |= {
            "day": _day,
            "moment": _moment,
            "number": _number,
            "local": _local,
            "at": at,
        }

    def page(self, template: str, spoken: Language, **values: Any) -> str:
        def t(ja: str | Text, en: str = "") -> str:
            return (ja if isinstance(ja, Text) else Text(ja, en)).within(spoken)

        def term(name: str) -> str:
            known = glossary.terms().get(name)
            return name if known is None else known[0].within(spoken)

        def choice(field: str, value: object) -> str:
            return label(field, value, spoken)

        return self._environment.get_template(template).render(
            values,
            language=spoken,
            t=t,
            term=term,
            choice=choice,
            note=_note(spoken),
            other="en" if spoken == "ja" else "ja",
        )


def _note(spoken: Language) -> Callable[[str], str]:
    return lambda name: glossary.note(name).within(spoken)


def _day(value: str | date | None) -> str:
    """2024年7月29日(月) would be long in a table: 2024-07-29 is read by everybody."""
    return "" if value is None else str(value)[:10]


def _moment(value: str | None) -> str:
    if value is None:
        return ""
    return datetime.fromisoformat(value).astimezone(JST).strftime("%Y-%m-%d %H:%M")


def _local(value: str | None) -> str:
    try:
        found = datetime.fromisoformat(value or "")
    except ValueError:
        return value or ""
    if found.tzinfo is not None:
        found = found.astimezone(JST)
    return found.strftime("%Y-%m-%dT%H:%M")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,}"

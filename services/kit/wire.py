"""Types of the wire: strict, with the cell that reads and writes the same value in a spreadsheet.

A wire model is declared once; API bodies, columns of imports and exports, and docs all come from it.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
)
from pydantic.fields import FieldInfo

from services.kit import glossary
from services.kit.columns import Cell, Choice, Column, Kind
from services.kit.findings import BadValue
from services.kit.japan import cells, codes

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _day(value: object) -> object:
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("a date is written YYYY-MM-DD")
    if not isinstance(value, str | date) or isinstance(value, datetime):
        raise ValueError("a date is written YYYY-MM-DD")
    return value


def _instant(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise ValueError("an instant is written in ISO 8601 with its offset")
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs its offset, such as +09:00")
    try:
        # PostgreSQL knows no offset of 16 hours, which Python does
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("an instant lies in the years 1 to 9999") from None


def _plain(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("control characters are not allowed")
    return value


def _lines(value: str) -> str:
    _plain(value.replace("\r\n", "\n").replace("\n", " "))
    return value


def _as_in(cell: Cell) -> AfterValidator:
    """Read as an import reads it: what is stored can be exported and sent back, and means the same."""

    def read(value: str) -> str:
        try:
            return str(cell.parse(value).value)
        except BadValue as bad:
            raise ValueError(bad.finding.remedy.en.rstrip(".")) from None

    return AfterValidator(read)


Day = Annotated[date, BeforeValidator(_day), cells.DATE]
Instant = Annotated[datetime, BeforeValidator(_instant), AfterValidator(_aware), codes.INSTANT]
# of the wall of a place, whose zone is told beside it
TimeOfDay = Annotated[
    StrictStr, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:30"]), cells.TIME
]
Whole = Annotated[StrictInt, Field(ge=-(2**31), lt=2**31), cells.INTEGER]
Year = Annotated[StrictInt, Field(ge=1900, le=2200), cells.YEAR]
Yen = Annotated[StrictInt, Field(ge=0, lt=2**31), cells.YEN]
# exact, as text: JSON's own numbers are not
Exact = Annotated[
    StrictStr,
    Field(min_length=1, max_length=24, examples=["149.53"]),
    AfterValidator(_plain),
    _as_in(cells.DECIMAL),
    cells.DECIMAL,
]
Flag = Annotated[StrictBool, cells.BOOLEAN]
Line = Annotated[
    StrictStr, Field(min_length=1, max_length=200), AfterValidator(_plain), _as_in(cells.TEXT), cells.TEXT
]
# text of several lines
Passage = Annotated[
    StrictStr, Field(min_length=1, max_length=4000), AfterValidator(_lines), _as_in(cells.TEXT), cells.TEXT
]
Name = Annotated[
    StrictStr, Field(min_length=1, max_length=200), AfterValidator(_plain), _as_in(cells.NAME), cells.NAME
]
Kana = Annotated[
    StrictStr, Field(min_length=1, max_length=200), AfterValidator(_plain), _as_in(cells.KANA), cells.KANA
]
Code = Annotated[
    StrictStr, Field(min_length=1, max_length=40), AfterValidator(_plain), _as_in(codes.CODE), codes.CODE
]
Email = Annotated[
    StrictStr,
    Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$"),
    AfterValidator(_plain),
    _as_in(cells.EMAIL),
    cells.EMAIL,
]
Phone = Annotated[
    StrictStr, Field(max_length=40, pattern=r"^[0-9+()\- ]+$"), _as_in(cells.PHONE), cells.PHONE
]


def _labelled(term: str, values: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(value, glossary.title(f"{term}.{value}")) for value in values)


def choice(term: str, values: tuple[str, ...]) -> Cell:
    """A cell for one of `values`, labelled by the glossary's `term.value`."""
    return cells.choice(term, _labelled(term, values))


def choices(term: str, values: tuple[str, ...]) -> Cell:
    """A cell for some of `values`; the field is a list of texts."""
    return cells.choices(term, _labelled(term, values))


class Wire(BaseModel):
    """A body or a row: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Called:
    """Marks a field whose name has a title of its own here: the glossary's `term`."""

    def __init__(self, term: str) -> None:
        self.term = term


class Only:
    """Marks a field of an answer that just these roles are shown."""

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)


class WrittenBy:
    """Marks a field of a body that just these roles may write.

    Others leave it as it stands. In a new record they leave it out or, where it is required, repeat what was
    decided: the resource's check holds them to it.
    """

    def __init__(self, *roles: str) -> None:
        self.roles = frozenset(roles)


def _term(name: str, info: FieldInfo) -> str:
    return next((mark.term for mark in info.metadata if isinstance(mark, Called)), name)


_BY_TYPE: dict[Any, Cell] = {int: cells.INTEGER, date: cells.DATE, str: cells.TEXT, UUID: codes.CODE}


def _cell(info: FieldInfo) -> Cell:
    for mark in reversed(info.metadata):  # the closest to the field says most
        if isinstance(mark, Cell):
            return mark
    inner = [
        part for part in getattr(info.annotation, "__args__", (info.annotation,)) if part is not type(None)
    ]
    for part in inner:
        for mark in reversed(getattr(part, "__metadata__", ())):
            if isinstance(mark, Cell):
                return mark
    return _BY_TYPE.get(getattr(inner[0], "__origin__", inner[0]), cells.TEXT)


def columns(model: type[BaseModel]) -> tuple[Column, ...]:
    """The column dictionary of a wire model, in its order."""
    return tuple(
        Column(
            name,
            glossary.title(_term(name, info)),
            _cell(info),
            info.is_required(),
            glossary.note(_term(name, info)),
            tuple((info.json_schema_extra or {}).get("aliases", ()))  # type: ignore[arg-type]
            if isinstance(info.json_schema_extra, dict)
            else (),
        )
        for name, info in model.model_fields.items()
    )


def kind(name: str, write: type[BaseModel], read: type[BaseModel], version: str) -> Kind:
    """What an import takes; of the columns that an answer has besides it knows the names."""
    taken = columns(write)
    named = {column.name for column in taken}
    answered = tuple(one for one in columns(read) if one.name not in named)
    return Kind(name, glossary.title(name), version, taken, answered)

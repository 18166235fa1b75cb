"""How the answers of a draft go over to the form's next version: nothing that was typed is lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.grants.answers import escaped, validate
from services.grants.computing import Answers
from services.grants.form import Column, Form, columns


@dataclass(frozen=True, slots=True)
class Difference:
    """Names of cells; of a list's columns list/column. `unfit`: answered, and the answer no longer fits."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    unfit: list[str]


class Carried(NamedTuple):
    """`left_over`: what found no place. Of a list whose rows were parted it has the same rows, with what is left of each."""

    answers: dict[str, Any]
    left_over: dict[str, Any]
    difference: Difference


def carried(old: Form, new: Form, answers: Answers) -> Carried:
    """What has the same name and still fits stays; the rest is left over."""
    stays: dict[str, Any] = {}
    left: dict[str, Any] = {}
    unfit: list[str] = []
    wrong = {place.partition("/")[0] for place, _ in validate(new, answers, whole=False)}
    for name, answer in answers.items():
        fitting, rest = _parted(new, name, answer) if escaped(name) in wrong else (answer, None)
        if fitting is not None:
            stays[name] = fitting
        if rest is not None:
            left[name] = rest
            unfit += _unfit(new, name, rest)
    return Carried(stays, left, difference(old, new, unfit))


def difference(old: Form, new: Form, unfit: Iterable[str] = ()) -> Difference:
    before, after = dict(_told(old)), dict(_told(new))
    return Difference(
        sorted(after.keys() - before.keys()),
        sorted(before.keys() - after.keys()),
        sorted(name for name in before.keys() & after.keys() if before[name] != after[name]),
        sorted(set(unfit)),
    )


def _parted(new: Form, name: str, answer: Any) -> tuple[Any, Any]:
    """What of an answer that does not fit stays all the same, and what is left over; None for nothing."""
    cell = new.properties.get(name)
    rows = isinstance(answer, list) and all(isinstance(row, dict) for row in answer)
    if cell is None or not rows or not columns(cell):
        return None, answer
    stays = [
        {column: one for column, one in row.items() if not _wrong(new, {name: [{column: one}]})}
        for row in answer
    ]
    if _wrong(new, {name: stays}):  # too many rows
        return None, answer
    rest = [
        {column: one for column, one in row.items() if column not in kept}
        for row, kept in zip(answer, stays, strict=True)
    ]
    return stays, rest


def _wrong(new: Form, answers: Answers) -> bool:
    return bool(validate(new, answers, whole=False))


def _unfit(new: Form, name: str, rest: Any) -> Iterator[str]:
    """Of what is left over, the names that the new version has."""
    if name not in new.properties:
        return
    named = columns(new.properties[name])
    of_rows = (
        {column for row in rest if isinstance(row, dict) for column in row}
        if isinstance(rest, list)
        else set()
    )
    yield from (f"{name}/{column}" for column in of_rows & named.keys()) if of_rows else [name]


def _told(form: Form) -> Iterator[tuple[str, Any]]:
    """What each cell asks, without where it stands."""
    for name, cell in form.properties.items():
        yield name, _asks(cell, name in form.required)
        if cell.items is not None:
            for column, one in cell.items.properties.items():
                yield f"{name}/{column}", _asks(one, column in cell.items.required)


def _asks(cell: Column, required: bool) -> tuple[bool, dict[str, Any]]:
    apart = {"order", "section", "items"} & type(cell).model_fields.keys()
    return required, cell.model_dump(exclude_none=True, exclude=apart)

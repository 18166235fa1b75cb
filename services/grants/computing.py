"""The computed cells of a form.

Answers are an object by the names of the form's cells; computed cells are never among them.
"""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from services.grants.form import MOST, Column, Form, columns, depth_first

Answers = Mapping[str, Any]


def computed(form: Form, answers: Answers) -> dict[str, Any]:
    """The computed cells by name, and lists with the computed cells of each row. None: too great to be told."""
    lists = {name: rows_of(answers.get(name)) for name in form.properties if name in answers}
    made = {
        name: [_table(columns(form.properties[name]), row, {}) for row in rows]
        for name, rows in lists.items()
    }
    full = {
        name: [{**row, **more} for row, more in zip(rows, made[name], strict=True)]
        for name, rows in lists.items()
    }
    found: dict[str, Any] = {
        name: [{column: _told(value) for column, value in row.items()} for row in rows]
        for name, rows in made.items()
        if any(rows)
    }
    return found | {name: _told(value) for name, value in _table(form.properties, answers, full).items()}


def _told(value: int) -> int | None:
    return value if abs(value) < MOST else None


_OPERATIONS: Mapping[str, Callable[[Sequence[int]], int]] = {
    "sum": sum,
    "difference": lambda given: given[0] - sum(given[1:]),
    "product": prod,
}


def _table(
    cells: Mapping[str, Column], answers: Answers, lists: Mapping[str, Sequence[Answers]]
) -> dict[str, int]:
    """Of cells that stand beside each other; MOST where a result, or what it is made of, is too great."""
    found: dict[str, int] = {}

    def value(named: str) -> int:
        name, _, column = named.partition("/")
        if column:
            return _small(sum, [_number(row.get(column)) for row in lists.get(name, ())])
        return found[name] if name in found else _number(answers.get(name))

    for name in depth_first(cells):
        if (how := cells[name].computed) is not None:
            ((operation, named),) = how.model_dump(exclude_none=True).items()
            found[name] = _small(_OPERATIONS[operation], [value(one) for one in named])
    return found


def _small(operation: Callable[[Sequence[int]], int], values: Sequence[int]) -> int:
    result = operation(values)
    return MOST if any(abs(one) >= MOST for one in (*values, result)) else result


def _number(value: object) -> int:
    """What is blank, or no number, counts as 0."""
    return (
        max(-MOST, min(MOST, int(value)))
        if isinstance(value, int | float) and not isinstance(value, bool)
        else 0
    )


def rows_of(value: object) -> list[Answers]:
    return [row if isinstance(row, dict) else {} for row in value] if isinstance(value, list) else []

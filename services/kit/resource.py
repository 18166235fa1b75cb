"""One declaration per resource. From it come list, read, single write, bulk import, export, audit, change
events and access rows; a slice's other files exist only for what it cannot say.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, Table

from services.kit.auth.scope import Rule
from services.kit.columns import Column, Kind
from services.kit.db.session import Record, WriteSession
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.wire import Only, WrittenBy, columns, kind

Row = dict[str, Any]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Basis:
    """Which facts a statement reads: as once known (bind `known_at`), as holding on a day (bind `as_of`), and
    `own` alone, where one of several is chosen before the filters are asked."""

    known: bool = False
    dated: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A named filter: the type of its parameter, and the clause it makes of a bind.

    `convert` turns what was given into what is bound. `begins`: a day that a span up to `as_of` begins with.
    """

    annotation: Any
    where: Callable[[ColumnElement[Any]], ColumnElement[bool]]
    convert: Callable[[Any], Any] = _same
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """A row's `field` names a record of `table` by `code`; its id goes to `column`.

    A record that is absent and one outside the caller's scope get the same finding; `meant` may say of codes that
    are unknown what they were meant to be.
    """

    field: str
    column: str
    table: Table
    code: str
    unknown: Finding
    within: Callable[[Table], ColumnElement[bool]] | None = None
    meant: Callable[[WriteSession, set[str]], Awaitable[dict[str, Finding]]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A table that takes some of a row's fields. `link`: its column for the id of the first part;
    `once`: columns that are set with a new record and not by a later row."""

    table: Table
    key: tuple[str, ...]
    link: str = ""
    once: tuple[str, ...] = ()


class Change(NamedTuple):
    """What one row did to one record."""

    row: int
    action: str
    id: Any
    before: Row | None
    after: Row | None
    organisation: Any = None

    def at(self, organisation: Any) -> "Change":
        return Change(self.row, self.action, self.id, self.before, self.after, organisation)

    def of(self, identity: Any, part: str) -> "Change":
        """As a change of the record that `part` belongs to."""
        before = None if self.before is None else {part: self.before}
        return self._replace(action="UPDATE", id=identity, before=before, after={part: self.after})


def together(changes: Sequence[Change]) -> list[Change]:
    """One change per row: what it did to the record and to each of its parts."""
    made: dict[int, Change] = {}
    for one in changes:
        first = made.setdefault(one.row, one)
        if first is not one:
            before = {**(first.before or {}), **(one.before or {})} or None
            made[one.row] = first._replace(before=before, after={**(first.after or {}), **(one.after or {})})
    return list(made.values())


Check = Callable[[WriteSession, list[Row]], Awaitable[dict[int, list[tuple[str, Finding]]]]]
Store = Callable[[WriteSession, list[Row], bool], Awaitable[list[Change]]]
Derive = Callable[[Row], None]
Settle = Callable[[WriteSession, list[tuple[Any, ...]]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Action:
    """A command under a resource as `available_actions` shows it. `closed` says why not, or None."""

    name: str
    href: str
    roles: tuple[str, ...]
    closed: Callable[[Row], Text | None]


@dataclass(frozen=True, slots=True)
class Prefill:
    """What a resource's form is filled with: like its list, but what an import of the same rows would take.

    `source` selects the form's columns, `id` and `row_version`; `own` is the caller's reach over it. `beside`: further
    columns of it that the form shows for reference, each by its term and to whom its rule opens it; an import reads
    past them.
    """

    source: Callable[[Basis], Select[Any]]
    filters: dict[str, Filter]
    own: ColumnElement[bool]
    beside: dict[str, Rule] = field(default_factory=dict)


def _marked(model: type[BaseModel], kind: type[Only] | type[WrittenBy]) -> dict[str, frozenset[str]]:
    marks = {name: info.metadata for name, info in model.model_fields.items()}
    return {name: mark.roles for name, found in marks.items() for mark in found if isinstance(mark, kind)}


@dataclass(frozen=True)
class Resource:
    """`name` is the glossary's term, `plural` the path; one without a key begins with `public/`. `read` is the shape of an answer, `write` that of a
    body and of an import's row; `fixed`: fields that say which
    record it is, and that a change leaves alone. `source` selects one labelled column per field of `read`, and `id`,
    `row_version` besides. `subjects`: the audit of a read names the records that it showed. `settle` is told once, at the
    end of a write, of which wholes it has written parts: the values of `whole`. A whole with a refused row is not among
    them. `becomes`: the plural of the resource whose records its rows make, where it is not its own. `subject`: the
    column of `source` that the audit of a read names, where a record is not itself the one it is about. `revocable`:
    what it shows may be withdrawn at any moment, so that a page and a file have so many rows at most, and a file is cut
    off when a record of it no longer stands; `marked`: the column that says in each row for whom such a file was made,
    and in the file's name. `sealed`: fields whose column holds a ciphertext, and what opens it, given the row: they are
    in what is read, and null in the answer to a write, which is stored."""

    service: str
    schema: str
    name: str
    plural: str
    read: type[BaseModel]
    source: Callable[[Basis], Select[Any]]
    access: dict[str, Rule]
    own: ColumnElement[bool] | None = None
    itself: Callable[[ColumnElement[Any]], ColumnElement[bool]] | None = None
    filters: dict[str, Filter] = field(default_factory=dict)
    sorts: tuple[str, ...] = ()
    code: str = ""
    temporal: bool = False
    write: type[BaseModel] | None = None
    version: str = ""
    parts: tuple[Part, ...] = ()
    refs: tuple[Ref, ...] = ()
    derive: Derive | None = None
    check: Check | None = None
    store: Store | None = None
    whole: tuple[str, ...] = ()
    settle: Settle | None = None
    organisation: str = ""
    fixed: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    prefill: Prefill | None = None
    subjects: bool = True
    becomes: str = ""
    subject: str = "id"
    revocable: int = 0
    marked: str = ""
    sealed: dict[str, Callable[[Record], Any]] = field(default_factory=dict)
    constraints: dict[str, Refusal] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return hash((self.service, self.plural))

    @cached_property
    def hidden(self) -> bool:
        """Of a service that is there for its own roles alone: its changes are told to nobody."""
        return any(rule.hidden for rule in self.access.values())

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.read.model_fields)

    @cached_property
    def documents(self) -> frozenset[str]:
        """Fields with fields of their own, or with none of it: their columns are jsonb."""
        kinds = {
            name: get_args(info.annotation) or (info.annotation,)
            for name, info in self.read.model_fields.items()
        }
        return frozenset(
            name
            for name, parts in kinds.items()
            if any(isinstance(one, type) and issubclass(one, BaseModel) for one in parts)
        )

    @cached_property
    def restricted(self) -> dict[str, frozenset[str]]:
        """field → the roles that are shown it."""
        return _marked(self.read, Only)

    @cached_property
    def decided(self) -> dict[str, frozenset[str]]:
        """field → the roles that may write it"""
        return _marked(self.write, WrittenBy) if self.write is not None else {}

    @cached_property
    def kind(self) -> Kind:
        if self.write is None:
            raise TypeError(f"{self.plural} takes no imports")
        return kind(self.plural, self.write, self.read, self.version)

    @cached_property
    def export_columns(self) -> tuple[Column, ...]:
        """Those of its import first, so that a file comes back as it went out; then the rest of its answer."""
        if self.write is None:
            return columns(self.read)
        return (*(one for one in self.kind.columns if one.name in self.fields), *self.kind.answered)

    def exported(self, role: str) -> tuple[Column, ...]:
        shown = self.shown(role)
        return tuple(column for column in self.export_columns if column.name in shown)

    def shown(self, role: str) -> tuple[str, ...]:
        return tuple(name for name in self.fields if role in self.restricted.get(name, (role,)))

    def operation(self, verb: str) -> str:
        """The operationId of one of its routes: service_plural_verb."""
        return f"{self.service}_{self.plural}_{verb}".replace("-", "_").replace("/", "_")

    def rows(self) -> dict[str, Rule]:
        """Its rows of the access matrix."""
        return {self.operation(verb): rule for verb, rule in self.access.items()}

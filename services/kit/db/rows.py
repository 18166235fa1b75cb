"""The statements of a resource: one for a list, one for a record, each compiled once per shape."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Date, Integer, Select, Text, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from services.kit.auth.scope import Reach, Scope
from services.kit.db.query import Query, compiled
from services.kit.resource import Basis, Filter, Resource


@dataclass(frozen=True, slots=True)
class Shape:
    """What a statement depends on; its values come later."""

    role: str
    reach: Reach
    filters: tuple[str, ...]
    sort: str = ""
    after: tuple[bool, ...] | None = None
    limited: bool = False
    total: bool = False
    known: bool = False
    dated: bool = False
    ids: bool = False

    @property
    def basis(self) -> Basis:
        return Basis(self.known, self.dated, self.reach == "own")


def _bind(name: str, annotation: Any) -> ColumnElement[Any]:
    kinds: dict[Any, TypeEngine[Any]] = {bool: Boolean(), int: Integer(), UUID: Uuid()}
    for part in getattr(annotation, "__args__", (annotation,)):
        if part in kinds:
            return bindparam(name, type_=kinds[part])
        if getattr(part, "__name__", "") == "date":
            return bindparam(name, type_=Date())
    return bindparam(name, type_=Text())


def clauses(
    filters: Mapping[str, Filter], own: ColumnElement[bool] | None, itself: Any, shape: Shape
) -> list[ColumnElement[bool]]:
    """The caller's filters and, before any of them, its reach: the first wall."""
    made = [filters[name].where(_bind(name, filters[name].annotation)) for name in shape.filters]
    if shape.reach == "own" and own is not None:
        made.append(own)
    if shape.reach == "self" and itself is not None:
        made.append(itself(bindparam("_person", type_=Uuid())))
    return made


def _scoped(resource: Resource, shape: Shape) -> Select[Any]:
    held = clauses(resource.filters, resource.own, resource.itself, shape)
    return resource.source(shape.basis).where(*held)


def _ordered(statement: Select[Any], shape: Shape) -> Select[Any]:
    """Keyset order: the sort column, absent last, then the id; `after` names which values of the cursor are null."""
    inner = statement.subquery("listed")
    name, descending = shape.sort.lstrip("-"), shape.sort.startswith("-")
    keys = [inner.c[name]] if name and name != "id" else []
    order = [key.desc().nulls_last() if descending else key.asc().nulls_last() for key in keys]
    outer = select(inner).order_by(*order, inner.c.id)
    if shape.after is None:
        return outer
    last_id = bindparam("_id", type_=Uuid())
    if not keys:
        return outer.where(inner.c.id > last_id)
    key, last = keys[0], bindparam("_key", type_=keys[0].type)
    if shape.after[0]:
        return outer.where(and_(key.is_(None), inner.c.id > last_id))
    beyond = key < last if descending else key > last
    return outer.where(or_(beyond, and_(key == last, inner.c.id > last_id), key.is_(None)))


@lru_cache(maxsize=4096)
def listing(resource: Resource, shape: Shape) -> Query:
    statement = _scoped(resource, shape)
    if shape.total:
        return compiled(select(func.count().label("total")).select_from(statement.subquery()))
    if shape.ids:
        shown = statement.subquery("shown")
        return compiled(select(shown.c.id, shown.c.row_version, shown.c[resource.subject].label("subject")))
    statement = _ordered(statement, shape)
    if shape.limited:
        statement = statement.limit(bindparam("_limit", type_=Integer()))
    return compiled(statement)


@lru_cache(maxsize=1024)
def single(resource: Resource, shape: Shape, by: str) -> Query:
    """One record by its id, or by the code it is known by."""
    statement = _scoped(resource, shape)
    inner = statement.subquery("found")
    kind = Uuid() if by == "id" else Text()
    return compiled(select(inner).where(inner.c[by] == bindparam("_ref", type_=kind)))


def scope_values(scope: Scope) -> dict[str, object]:
    return {"_person": scope.principal.person}


def reference(resource: Resource, ref: str) -> tuple[str, object] | None:
    """How a path segment addresses a record: by id, by its code, or not at all."""
    try:
        return "id", UUID(ref)
    except ValueError:
        return (resource.code, ref) if resource.code and len(ref) <= 40 and "\0" not in ref else None

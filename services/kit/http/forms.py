"""Forms filled with what is known already: which records a caller asks for, and the rows they make."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, create_model

from services.kit import glossary
from services.kit.auth.scope import Scope
from services.kit.columns import Column
from services.kit.db import rows
from services.kit.errors import PARAMETERS, FieldError
from services.kit.http.guard import service_of
from services.kit.http.listing import basis_of
from services.kit.http.validation import UNKNOWN
from services.kit.japan import cells
from services.kit.resource import Prefill, Resource
from services.kit.text import Text


@dataclass(frozen=True, slots=True)
class Filled:
    """The rows in the columns of the form and in those `beside` them, and the caller's organisation."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    beside: list[Column] = field(default_factory=list)
    organisation: Text | None = None


class Forms:
    """`query` knows the filters of every form of the service; a form takes its own alone."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._prefills = {one.plural: one.prefill for one in resources if one.prefill is not None}
        self._filled = {
            one.plural: replace(one, source=form.source, filters=form.filters, own=form.own)
            for one in resources
            if (form := one.prefill) is not None
        }
        filters = {
            name: (known.annotation | None, None)
            for form in self._filled.values()
            for name, known in form.filters.items()
        }
        self.query: type[BaseModel] = create_model(
            "TemplateQuery", __config__=ConfigDict(extra="forbid"), **filters
        )  # type: ignore[call-overload]

    async def filled(self, request: Request, scope: Scope, resource: Resource, query: BaseModel) -> Filled:
        form = self._filled.get(resource.plural)
        known = form.filters if form is not None else {}
        if others := query.model_fields_set - known.keys():
            raise PARAMETERS(*(FieldError(name, "field_unknown", *UNKNOWN) for name in sorted(others)))
        if form is None:
            return Filled()
        role = scope.principal.role
        async with service_of(request).database.exporting(scope) as session:
            asked, values, _ = await basis_of(form.filters, False, session, query)
            reach = form.access["import"].roles[role]
            shape = replace(asked, reach=reach, sort=form.sorts[0] if form.sorts else "")
            made = rows.listing(form, shape)
            found = await session.fetch(made.sql, *made.values(values))
            named = await session.row(
                "SELECT name, coalesce(name_en, name) AS name_en FROM directory.organisation WHERE id = $1",
                scope.principal.organisation,
            )
        beside = _beside(self._prefills[resource.plural], scope)
        columns = [column for column in form.kind.columns if column.name in set(form.shown(role))]
        names = [column.name for column in (*columns, *beside)]
        title = Text(named["name"], named["name_en"]) if named else None
        return Filled([{name: one[name] for name in names} for one in found], beside, title)


def _beside(form: Prefill, scope: Scope) -> list[Column]:
    """What the caller may read besides, with this token and in this role."""
    held = scope.principal
    return [
        Column(term, glossary.title(term), cells.TEXT, False, glossary.note(term))
        for term, rule in form.beside.items()
        if rule.scope in held.scopes and held.role in rule.roles
    ]

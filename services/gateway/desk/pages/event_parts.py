"""What belongs to an edition or to a mission: of each kind one small page, with the form to add one and those that are there,
and one page to change one."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import Entry, differing, termed, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.training import place
from services.gateway.desk.visit import Refused, Visit
from services.kit.ids import uuid7
from services.kit.text import Text

Record = Mapping[str, Any]
Options = Mapping[str, Sequence[tuple[str, str]]]
SHOWN = 100  # rows of a page
BRIEF = 25  # of a part on the page of its record
SAVED, ADDED = Text("変更を保存しました。", "The change is saved."), Text("登録しました。", "It is added.")
_MARK = re.compile(r"[0-9A-F]{8}")


@dataclass(frozen=True, slots=True)
class Owner:
    """`home`: where the records are; `field`: what their parts call the code; `of`: what a list of parts is asked by."""

    home: str
    read: str
    field: str
    of: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form offers besides its contract: choices, and values that stand there at first."""

    choices: Options = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


async def _nothing(_: Visit, __: Record, ___: Record | None) -> Offer:
    return Offer()


async def _as_typed(_: Visit, __: Record, given: dict[str, Any]) -> dict[str, Any]:
    return given


@dataclass(frozen=True, slots=True)
class Part:
    """`stem`: of its operations. `more`: fields that are folded away; `fixed`: asked of a new one alone. `cells`: a row as
    people read it, its first cell leads to the form. `number`: the field that is counted on from the last; `prefix`: of the
    codes that are made here."""

    name: str
    title: Text
    stem: str
    asked: tuple[str, ...]
    heads: tuple[Text, ...]
    cells: Callable[[Visit, Record], list[str]]
    more: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Text] = field(default_factory=dict)
    number: str = ""
    prefix: str = ""
    offer: Callable[[Visit, Record, Record | None], Awaitable[Offer]] = _nothing
    take: Callable[[Visit, Record, dict[str, Any]], Awaitable[dict[str, Any]]] = _as_typed
    calls: tuple[str, ...] = ()

    @property
    def listed(self) -> str:
        return f"events_{self.stem}_list"

    @property
    def create(self) -> str:
        return f"events_{self.stem}_create"

    @property
    def read(self) -> str:
        return f"events_{self.stem}_read"

    def row(self, visit: Visit, one: Record) -> dict[str, Any]:
        return {"ref": one.get("code") or one["id"], "cells": self.cells(visit, one)}

    def entries(self, visit: Visit) -> list[Entry]:
        return termed(visit.entries(self.create, (*self.asked, *self.more)), self.terms)


def mark(visit: Visit) -> str:
    """What the codes of a form end in. The form keeps it, so that what is sent twice is there once."""
    said = visit.field("mark")
    return said if _MARK.fullmatch(said) else uuid7().hex[-8:].upper()


def filled(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def mount(pages: Pages, owner: Owner, part: Part) -> None:
    here, read, change = f"{owner.home}/{{code}}/{part.name}", part.read, f"events_{part.stem}_change"
    lists = (owner.read, part.listed, *part.calls)

    @pages.page(here, part.title, roles=OFFICERS, calls=lists)
    async def all_of_it(visit: Visit) -> Response:
        return await _adding(visit, owner, part, {})

    @pages.command(here, part.title, roles=OFFICERS, calls=(*lists, part.create))
    async def add(visit: Visit) -> Response:
        record = await visit.read(owner.read, ref=visit.path("code"))
        given = typed(visit.form, part.entries(visit))
        body = {owner.field: record["code"]} | filled(given)
        if part.prefix:
            body["code"] = f"{part.prefix}-{mark(visit)}"
        try:
            await visit.do(part.create, filled(await part.take(visit, record, body)))
        except Refused as refused:
            return await _adding(visit, owner, part, given, status=refused.status, problem=refused.problem)
        return visit.go(f"{place(owner.home, record['code'])}#{part.name}", ADDED)

    @pages.page(f"{here}/{{ref}}", part.title, roles=OFFICERS, calls=(owner.read, read, *part.calls))
    async def one(visit: Visit) -> Response:
        return await _changing(visit, owner, part, {})

    @pages.command(
        f"{here}/{{ref}}", part.title, roles=OFFICERS, calls=(owner.read, read, change, *part.calls)
    )
    async def mend(visit: Visit) -> Response:
        record = await visit.read(owner.read, ref=visit.path("code"))
        found = await visit.read(read, ref=visit.path("ref"))
        asked = [entry for entry in part.entries(visit) if entry.name not in part.fixed]
        given = typed(visit.form, asked)
        try:
            changed = differing(await part.take(visit, record, dict(given)), found)
            if changed:
                await visit.do(change, changed, match=visit.field("etag"), ref=visit.path("ref"))
        except Refused as refused:
            return await _changing(visit, owner, part, given, status=refused.status, problem=refused.problem)
        return visit.go(f"{place(owner.home, record['code'])}#{part.name}", SAVED)


async def _adding(
    visit: Visit, owner: Owner, part: Part, given: Record, *, status: int = 200, problem: Any = None
) -> Response:
    record = await visit.read(owner.read, ref=visit.path("code"))
    there = await visit.every(part.listed, **{owner.of: record["code"]})
    offer = await part.offer(visit, record, None)
    start = visit.query.get("after", "")
    first = int(start) if start.isascii() and start.isdecimal() else 0
    empty: dict[str, Any] = dict.fromkeys((*part.asked, *part.more))
    if part.number:
        empty[part.number] = 1 + max((one[part.number] for one in there), default=0)
    return visit.show(
        "event_part.html", status=status, problem=problem, field_terms=part.terms, part=part, owner=owner, record=record,
        entries=part.entries(visit), choices=offer.choices, values=empty | dict(offer.values) | dict(given),
        rows=[part.row(visit, one) for one in there[first : first + SHOWN]], one=None, etag="", stored={},
        mark=mark(visit), after=first + SHOWN if len(there) > first + SHOWN else None, total=len(there),
    )  # fmt: skip


async def _changing(
    visit: Visit, owner: Owner, part: Part, given: Record, *, status: int = 200, problem: Any = None
) -> Response:
    record = await visit.read(owner.read, ref=visit.path("code"))
    found, etag = await visit.tagged(part.read, ref=visit.path("ref"))
    offer = await part.offer(visit, record, found)
    stored = dict(found) | dict(offer.values)
    return visit.show(
        "event_part.html", status=status, problem=problem, field_terms=part.terms, part=part, owner=owner, record=record,
        entries=[entry for entry in part.entries(visit) if entry.name not in part.fixed], choices=offer.choices,
        values=stored | dict(given), rows=None, one=found, etag=etag if status in (200, 412) else visit.field("etag"),
        stored={name: stored[name] for name in given if given[name] != stored.get(name)} if status == 412 else {},
        mark="", after=None, total=0,
    )  # fmt: skip

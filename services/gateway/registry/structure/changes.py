"""How the contracting organisations (任用団体) of one day became those of another: joined, left, merged, carried on.

Every organisation that is one on either day stands here once, or twice where its host authority is another at the
end: it has moved out of the one and into the other. Of those that are gone by the end, each with a
successor among those of the end is given to one of them, a new one if there is one. The first that is given to a
new organisation carries on as that; every other has merged. What has no successor has left. So
start + joined - left - merged = end, whatever successors are recorded: as many are renamed as are continued, and as
many move out as in. Within a host authority continued and moved in add, renamed and moved out take away.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Date,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    values,
)
from sqlalchemy.dialects.postgresql import distinct_on

from services.gateway.registry import access
from services.gateway.registry.organisations.resource import KINDS, Kind
from services.gateway.registry.tables import (
    hierarchy,
    hierarchy_known,
    organisation,
    organisation_role,
    organisation_role_known,
    successor,
    successor_known,
)
from services.kit import temporal
from services.kit.fields import Short, equals
from services.kit.resource import Basis, Filter, Resource
from services.kit.statistics import Dimension, Measure, Statistic
from services.kit.text import Text as Said
from services.kit.wire import Day, Wire, choice

Change = Literal["stayed", "joined", "left", "merged", "renamed", "continued", "moved_out", "moved_in"]


class OrganisationChange(Wire):
    id: UUID
    organisation_code: str
    organisation_name: str
    kind: Annotated[Kind, choice("organisation_kind", KINDS)]
    at_start: bool
    at_end: bool
    organisation_change: Annotated[Change, choice("organisation_change", get_args(Change))]
    by_split: bool
    successor_code: str | None
    host_code: str | None
    host_name: str | None


def source(basis: Basis) -> Select[Any]:
    """`since` (a year before, unless it is given) and `as_of` (today) are the two days."""
    changed = _changed(basis).subquery("changed")
    return select(changed)


def _of(name: str, kind: Any) -> ColumnElement[Any]:
    return literal_column(f"changed.{name}", kind)


def _known(basis: Basis, rows: Any) -> list[ColumnElement[bool]]:
    return [temporal.known(rows.c.known)] if basis.known else []


def _span(basis: Basis) -> CTE:
    until: Any = bindparam("as_of", type_=Date()) if basis.dated else cast(func.platform.today(), Date)
    year_before = cast(until - literal_column("interval '1 year'"), Date)
    since = func.coalesce(bindparam("since", None, type_=Date()), year_before)
    return select(since.label("since"), until.label("until")).cte("span")


def _held(basis: Basis, span: CTE) -> CTE:
    """Who is a contracting organisation on the first day, on the last, or on both."""
    role = (organisation_role_known if basis.known else organisation_role).alias("role")
    on_since, on_until = (role.c.effective.op("@>")(day) for day in (span.c.since, span.c.until))
    return (
        select(
            role.c.organisation_id.label("id"), func.bool_or(on_since).label("at_start"),
            func.bool_or(on_until).label("at_end"),
        )
        .join_from(role, span, or_(on_since, on_until))
        .where(role.c.role == "contracting_organisation", *_known(basis, role))
        .group_by(role.c.organisation_id)
        .cte("held")
    )  # fmt: skip


def _reached(basis: Basis, span: CTE) -> CTE:
    """Who has become whom between the days, over however many steps."""
    table = successor_known if basis.known else successor
    near, far = table.alias("near"), table.alias("far")

    def between(step: Any) -> ColumnElement[bool]:
        return and_(
            step.c.effective_on > span.c.since, step.c.effective_on <= span.c.until, *_known(basis, step)
        )

    steps = select(near.c.predecessor_id, near.c.successor_id).join_from(near, span, between(near))
    reached = steps.cte("reached", recursive=True)
    return reached.union(
        select(reached.c.predecessor_id, far.c.successor_id)
        .join_from(reached, far, far.c.predecessor_id == reached.c.successor_id)
        .join(span, between(far))
    )


def _given(held: CTE, reached: CTE) -> CTE:
    """Of those that are gone, the one successor that each is given to, and its place among that one's."""
    gone, there = held.alias("gone"), held.alias("there")
    chosen = (
        select(
            gone.c.id.label("predecessor_id"), there.c.id.label("successor_id"),
            there.c.at_start.label("there_before"),
        )
        .ext(distinct_on(gone.c.id))
        .join_from(reached, gone, and_(gone.c.id == reached.c.predecessor_id, gone.c.at_start, ~gone.c.at_end))
        .join(there, and_(there.c.id == reached.c.successor_id, there.c.at_end))
        .order_by(gone.c.id, there.c.at_start, there.c.id)
        .subquery("chosen")
    )  # fmt: skip
    place = func.row_number().over(partition_by=chosen.c.successor_id, order_by=chosen.c.predecessor_id)
    carries_on = and_(~chosen.c.there_before, place == 1)
    return select(chosen.c.predecessor_id, chosen.c.successor_id, carries_on.label("carries_on")).cte("given")


def _hosts(basis: Basis, span: CTE, day: ColumnElement[Any], name: str) -> Subquery:
    """Whose member each organisation was on a day. Where what was stated of two memberships overlaps, the later holds."""
    member = (hierarchy_known if basis.known else hierarchy).alias("membership")
    return (
        select(member.c.id, member.c.member_id, member.c.host_id)
        .ext(distinct_on(member.c.member_id))
        .join_from(member, span, member.c.effective.op("@>")(day))
        .where(*_known(basis, member))
        .order_by(member.c.member_id, member.c.known_from.desc())
        .subquery(name)
    )


def _changed(basis: Basis) -> Select[Any]:
    span = _span(basis)
    held = _held(basis, span)
    reached = _reached(basis, span)
    given = _given(held, reached)
    origin = held.alias("origin")
    first, last = (_hosts(basis, span, span.c[day], f"on_{day}") for day in ("since", "until"))
    host, into = organisation.alias("host"), organisation.alias("into")
    stays = and_(held.c.at_start, held.c.at_end)
    moves = and_(stays, first.c.host_id.is_distinct_from(last.c.host_id))
    leaving: ColumnElement[Any] = column("leaving", Boolean)
    side = values(leaving, name="side").data([(False,), (True,)])
    continued = exists().where(given.c.successor_id == held.c.id).correlate(held)
    split = (
        exists()
        .where(
            reached.c.successor_id == held.c.id, origin.c.id == reached.c.predecessor_id, origin.c.at_start
        )
        .correlate(held)
    )
    change = case(
        (leaving, "moved_out"),
        (moves, "moved_in"),
        (stays, "stayed"),
        (and_(held.c.at_end, continued), "continued"),
        (held.c.at_end, "joined"),
        (given.c.carries_on.is_(None), "left"),
        (given.c.carries_on, "renamed"),
        else_="merged",
    )
    at_end = and_(held.c.at_end, ~leaving)
    host_id = case((at_end, last.c.host_id), else_=first.c.host_id)
    # each of a list's records has an id of its own: one that moved out has that of a membership
    identity = case((leaving, func.coalesce(first.c.id, last.c.id)), else_=organisation.c.id)
    o = organisation.c
    return (
        select(
            identity.label("id"), o.code.label("organisation_code"), o.name.label("organisation_name"), o.kind,
            and_(held.c.at_start, or_(leaving, ~moves)).label("at_start"), at_end.label("at_end"),
            change.label("organisation_change"),
            and_(change == "joined", split).label("by_split"), into.c.code.label("successor_code"),
            host.c.code.label("host_code"), host.c.name.label("host_name"), o.row_version,
        )
        .join_from(held, organisation, o.id == held.c.id)
        .join(first, first.c.member_id == held.c.id, isouter=True)
        .join(last, last.c.member_id == held.c.id, isouter=True)
        .join(side, or_(~leaving, moves))
        .join(given, given.c.predecessor_id == held.c.id, isouter=True)
        .join(into, into.c.id == given.c.successor_id, isouter=True)
        .join(host, host.c.id == host_id, isouter=True)
    )  # fmt: skip


FILTERS: dict[str, Filter] = {
    "since": Filter(Day, lambda given: given.is_not(None), begins=True),
    "organisation_change": equals(_of("organisation_change", Text), Change),
    "at_start": equals(_of("at_start", Boolean), bool),
    "at_end": equals(_of("at_end", Boolean), bool),
    "by_split": equals(_of("by_split", Boolean), bool),
    "kind": equals(_of("kind", Text), Kind),
    "host_authority": equals(_of("host_code", Text), Short),
}
organisation_changes = Resource(
    service="directory", schema="identity", name="organisation_change", plural="organisation-changes",
    read=OrganisationChange, source=source, access={"list": access.READ}, filters=FILTERS,
    sorts=("organisation_code",), temporal=True,
)  # fmt: skip


def _count(**asked: str) -> Measure:
    """Of the rows whose columns are as asked; the list's filters have the columns' names."""

    def count(rows: Any) -> ColumnElement[int]:
        held = (rows[name] if value == "true" else rows[name] == value for name, value in asked.items())
        return func.count().filter(*held)

    return Measure("団体", count, asked)


_BY_SPLIT = _count(organisation_change="joined", by_split="true")
STATISTICS = (
    Statistic(
        "contracting-organisation-changes",
        Said("任用団体数の増減", "How the number of contracting organisations changed"),
        source,
        {
            "at_start": _count(at_start="true"),
            "joined": _count(organisation_change="joined"),
            "by_split": Measure("団体", _BY_SPLIT.count, _BY_SPLIT.records, of="joined"),
            "left": _count(organisation_change="left"),
            "merged": _count(organisation_change="merged"),
            "renamed": _count(organisation_change="renamed"),
            "continued": _count(organisation_change="continued"),
            "moved_out": _count(organisation_change="moved_out"),
            "moved_in": _count(organisation_change="moved_in"),
            "at_end": _count(at_end="true"),
        },
        "distinct",
        {
            "kind": Dimension("kind", filter="kind"),
            "host_authority": Dimension("host_code", "host_name", "host_authority"),
        },
        FILTERS,
        access.READ,
        records=organisation_changes,
    ),
)

"""The lines that tables of the report are made of: editions filed under a programme, their legs, talks and participants.

Editions are numbered by office (headquarters first), then by their first day. One that is listed leg by leg has a line for
each, and one that was not held is a line too, with its reason and without figures.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.events import counting
from services.events.counts.domain import Subject
from services.events.counts.tables import attendance_count
from services.events.edition_tables import edition_participant, talk
from services.events.editions.resource import LEGS, STATE
from services.events.lines import is_local, office, printed
from services.events.tables import edition, event, leg
from services.kit import directory
from services.kit.directory import body_name, body_type
from services.kit.statistics import Unit, worst

MODES = ("on_site", "online", "hybrid", "recorded")
# of a line whose records a list can be asked for
LINKED = literal("yes").label("linked")
METHOD = printed(leg.c.mode, "leg_mode", MODES)


class Figure(NamedTuple):
    """A count of a line by its printed name. `unit`: where counts in another unit are not of it; `counted_for`: whose
    figures alone are."""

    name: str
    subject: Subject
    unit: Unit | None = None
    counted_for: str | None = None

    @property
    def only(self) -> dict[str, str]:
        asked = {"unit": self.unit, "counted_for": self.counted_for}
        return {name: value for name, value in asked.items() if value is not None}


PARTICIPANTS = Figure("participants", "participants")


def filed(programme: str) -> ColumnElement[bool]:
    return event.c.programme == programme


def of_office(code: str | None) -> ColumnElement[bool]:
    """None: of headquarters."""
    return edition.c.office.is_not_distinct_from(code)


def tagged(tag: str) -> ColumnElement[bool]:
    return literal(tag) == any_(event.c.tags)


def held_as(mode: str) -> ColumnElement[bool]:
    t = leg.alias("held_as").c
    return select(t.id).where(t.edition_id == edition.c.id, t.mode == mode).exists()


def not_held() -> ColumnElement[bool]:
    return edition.c.standing != "as_planned"


def _numbered(*where: ColumnElement[bool]) -> Subquery:
    e, v = edition.c, event.c
    number = func.row_number().over(
        partition_by=e.fiscal_year,
        order_by=(
            office.c.code.is_not(None),
            office.c.chart_order,
            LEGS.c.starts_on.asc().nulls_last(),
            e.code,
        ),
    )
    return (
        select(
            e.id.label("edition_id"), e.code.label("edition_code"), e.fiscal_year, cast(number, Integer).label("row_no"),
            e.office.label("office_code"), office.c.city_ja.label("overseas_office"), e.series_number, e.title_ja,
            e.title_en, v.name_ja.label("event_name"), e.host, e.audience, e.content, e.format, e.listing,
            STATE.label("state"), e.standing_reason.label("not_held_reason"), e.next_plan,
        )
        .join_from(edition, event, v.id == e.event_id)
        .join(LEGS, LEGS.c.edition_id == e.id, isouter=True)
        .join(office, office.c.code == e.office, isouter=True)
        .where(*where)
        .subquery("numbered")
    )  # fmt: skip


def _parts(listed: bool) -> Subquery:
    """Of each edition its legs together, or one by one where it is `listed` so; what several say alike is said once."""
    t = leg.c
    part = case((edition.c.listing == "each_leg", t.number)) if listed else cast(null(), Integer)

    def once(value: ColumnElement[Any]) -> ColumnElement[Any]:
        place = func.row_number().over(partition_by=(t.edition_id, part, value), order_by=t.number)
        return case((place == 1, value))

    said = {
        "place": t.place, "country_printed": t.country_printed, "country": directory.country.c.name_ja,
        "method": METHOD, "topic": t.topic, "content": t.content, "format": t.format,
    }  # fmt: skip
    legs = (
        select(
            t.edition_id, part.label("part_no"), case((part.is_not(None), t.id)).label("leg_id"), case((part.is_not(None), t.code)).label("leg_code"), t.number, t.starts_on,
            t.ends_on, *(once(value).label(name) for name, value in said.items()),
        )
        .join_from(leg, edition, edition.c.id == t.edition_id)
        .join(directory.country, directory.country.c.alpha2 == t.country, isouter=True)
        .where(t.cancelled_on.is_(None))
        .subquery("told")
    ).c  # fmt: skip
    joined = (
        func.string_agg(legs[name], aggregate_order_by(literal(";"), legs.number)).label(name)
        for name in said
    )
    return (
        select(
            legs.edition_id, legs.part_no, legs.leg_id, legs.leg_code, func.min(legs.starts_on).label("starts_on"),
            func.max(legs.ends_on).label("ends_on"), func.count().label("occurrence_count"), *joined,
        )
        .group_by(legs.edition_id, legs.part_no, legs.leg_id, legs.leg_code)
        .subquery("parts")
    )  # fmt: skip


def _days(starts_on: Any, ends_on: Any) -> tuple[ColumnElement[Any], ...]:
    return cast(starts_on, Text).label("date_start"), cast(ends_on, Text).label("date_end")


def _but(of: Subquery, *names: str) -> list[ColumnElement[Any]]:
    return [one for one in of.c if one.name not in names]


def _figures(asked: Iterable[Figure], edition_id: Any, leg_id: Any) -> list[ColumnElement[Any]]:
    """Of each what was counted of the leg, if there is one, else of the edition with all its legs."""
    made: list[ColumnElement[Any]] = []
    for one in asked:
        whole = counting.of_edition(edition_id, one.subject, **one.only)
        part = counting.of_leg(leg_id, one.subject, **one.only)
        value, unit, sure = (
            case((leg_id.is_not(None), of_leg), else_=of_whole)
            for of_leg, of_whole in zip(part, whole, strict=True)
        )
        made += [
            value.label(one.name), func.coalesce(unit, one.unit or "名").label(f"{one.name}_unit"),
            sure.label(f"{one.name}_qualifier"),
        ]  # fmt: skip
    return made


def _topics(edition_id: Any) -> ColumnElement[Any]:
    """The titles of its talks, where the report prints these as topics."""
    t = talk.c
    return (
        select(func.string_agg(t.title, aggregate_order_by(literal(";"), t.number)))
        .where(t.edition_id == edition_id)
        .scalar_subquery()
        .label("topics")
    )


def _local_governments(edition_id: Any, leg_number: Any) -> ColumnElement[Any]:
    """Distinct ones, over all legs or on one; none where nobody has entered who took part."""
    p, o = edition_participant.c, directory.organisation.c
    joined = or_(
        leg_number.is_(None), func.cardinality(p.leg_numbers) == 0, leg_number == any_(p.leg_numbers)
    )
    found = (
        select(func.count(o.id.distinct()))
        .join_from(edition_participant, directory.organisation, o.id == p.organisation_id)
        .where(p.edition_id == edition_id, joined, is_local(o.kind))
        .scalar_subquery()
    )
    return func.nullif(found, 0).label("municipality_count")


def editions(*where: ColumnElement[bool], figures: Iterable[Figure] = ()) -> Select[Any]:
    """A line for each edition, with its figures."""
    return _lines(_numbered(*where), _parts(listed=False), figures)


def listed(*where: ColumnElement[bool], figures: Iterable[Figure] = ()) -> Select[Any]:
    """A line for each edition, or for each of its legs where it is listed so."""
    return _lines(_numbered(*where), _parts(listed=True), figures)


def _lines(n: Subquery, p: Subquery, figures: Iterable[Figure]) -> Select[Any]:
    own = ("content", "format")
    made = (
        select(
            *_but(n, *own), p.c.part_no, p.c.part_no.label("leg_number"), p.c.leg_code, *_days(p.c.starts_on, p.c.ends_on), p.c.occurrence_count, p.c.place,
            p.c.country_printed, p.c.country, p.c.method, p.c.topic,
            *(func.coalesce(p.c[name], n.c[name]).label(name) for name in own), _topics(n.c.edition_id),
            _local_governments(n.c.edition_id, p.c.part_no), LINKED,
            *_figures(figures, n.c.edition_id, p.c.leg_id),
        )
        .join_from(n, p, p.c.edition_id == n.c.edition_id, isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(made)


def occurrences(*where: ColumnElement[bool], figures: Iterable[Figure] = ()) -> Select[Any]:
    """A line for each leg that was not cancelled."""
    n, t = _numbered(*where), leg.c
    number = func.row_number().over(partition_by=t.edition_id, order_by=t.number)
    made = (
        select(
            *_but(n, "content", "format"), t.code.label("leg_code"), t.number.label("leg_number"), cast(number, Integer).label("occurrence_no"),
            *_days(t.starts_on, t.ends_on), t.label, t.place, t.country_printed,
            directory.country.c.name_ja.label("country"), METHOD.label("method"), t.topic,
            func.coalesce(t.content, n.c.content).label("content"), func.coalesce(t.format, n.c.format).label("format"),
            _local_governments(n.c.edition_id, t.number), LINKED,
            *_figures(figures, n.c.edition_id, t.id),
        )
        .join_from(n, leg, and_(t.edition_id == n.c.edition_id, t.cancelled_on.is_(None)))
        .join(directory.country, directory.country.c.alpha2 == t.country, isouter=True)
        .subquery("line")
    )  # fmt: skip
    return select(made)


def talks(*where: ColumnElement[bool]) -> Select[Any]:
    """A line for each talk, which names no speaker."""
    n, t = _numbered(*where), talk.c
    made = (
        select(
            *n.c, t.number.label("talk_no"), t.label, t.title.label("talk_title"), t.affiliation, t.presenter,
            LINKED,
        )
        .join_from(n, talk, t.edition_id == n.c.edition_id)
        .subquery("line")
    )  # fmt: skip
    return select(made)


def participants(*where: ColumnElement[bool], local: bool = False) -> Select[Any]:
    """A line for each body that took part, once for its edition. `local`: for local governments alone."""
    n, p, o = _numbered(*where), edition_participant.c, directory.organisation
    number = func.row_number().over(partition_by=p.edition_id, order_by=(p.seq, p.body))
    made = (
        select(
            *n.c, cast(number, Integer).label("seq"), p.body.label("body_id"),
            func.coalesce(p.name, body_name(o.c)).label("body"), o.c.code.label("organisation_code"),
            func.coalesce(body_type(o.c.kind), "other").label("body_type"), p.listed_in,
            p.capacity, case((p.name.is_(None), "yes")).label("linked"),
        )
        .join_from(n, edition_participant, p.edition_id == n.c.edition_id)
        .join(o, o.c.id == p.organisation_id, isouter=True)
        .where(is_local(o.c.kind) if local else true())
        .subquery("line")
    )  # fmt: skip
    return select(made)


def by_country(figure: Figure, *where: ColumnElement[bool]) -> Select[Any]:
    """A line for each country of an edition that the counts of `figure` are broken down by."""
    n, c, country = _numbered(*where), attendance_count.c, directory.country.c
    unit = counting.unit_of(c)
    made = (
        select(
            *n.c, country.name_ja.label("country"), c.country.label("country_code"), unit.label(f"{figure.name}_unit"),
            cast(func.sum(c.value), BigInteger).label(figure.name), worst(c.qualifier).label(f"{figure.name}_qualifier"),
            LINKED,
        )
        .join_from(n, attendance_count, and_(c.edition_id == n.c.edition_id, c.subject == figure.subject, ~c.part))
        .join(directory.country, country.alpha2 == c.country)
        .group_by(*n.c, country.name_ja, c.country, unit)
        .subquery("line")
    )  # fmt: skip
    return select(made)

"""The tables of chapter 3 of the business report that are made of trainings and support: 45, 45a, 46, 48, 49, 50, 56."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ARRAY, Integer, Select, Text, cast, func, literal

from services.jet import access
from services.jet.statistics.repository import components, lines, spans
from services.jet.supports.domain import KINDS
from services.jet.supports.resource import FILTERS as SUPPORTS
from services.jet.supports.resource import organisation_supports, source
from services.jet.training_tables import organisation_support
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis, Filter
from services.kit.statistics import Behind, Dimension, Measure, Statistic, line, summed, told
from services.kit.text import Text as Said

PERSONS = {
    "participants": Measure("名", summed("participants"), qualifier="participants_qualifier"),
    "jet_participants": Measure(
        "名", summed("jet_participants"), of="participants", qualifier="jet_participants_qualifier"
    ),
    "person_times": Measure("延べ", summed("person_times"), qualifier="person_times_qualifier"),
}
FILTERS: dict[str, Filter] = {
    "fiscal_year": equals(line("fiscal_year", Integer), int),
    "course_code": equals(line("course_code", Text)),
    "edition_code": equals(line("edition_code", Text)),
}
OF_LINE = {"edition_code": "line_edition", "run_code": "line_run"}
BEHIND = {
    "attendance": Behind(
        "/jet/v1/training-enrolments",
        access.ENROLMENTS,
        OF_LINE,
        {"participants": {"attended": "true"}},
    ),
    "headcount": Behind(
        "/jet/v1/training-headcounts",
        access.HEADCOUNTS,
        OF_LINE,
        {
            "participants": {"unit": "persons", "of_whom": "false"},
            "jet_participants": {"unit": "persons", "audience": "jet_participant"},
            "person_times": {"unit": "person_times", "of_whom": "false"},
        },
    ),
}
BESIDE = told(
    "course_code", "edition_code", "run_code", "training_name_en", "state", "not_held_reason",
    fiscal_year=cells.INTEGER,
)  # fmt: skip
NUMBERED = told(row_no=cells.INTEGER)
DATES = told("date_start", "date_end")


IN_ORDER = ("orientation", "alt_conference", "cir_conference", "sea_conference", "e_learning", "advanced")


def _persons(
    name: str, title: Said, made: Callable[[Basis], Select[Any]], dimensions: dict[str, Dimension]
) -> Statistic:
    """`dimensions` are the printed columns in their order, and whether the line was held."""
    return Statistic(
        name, title, made, PERSONS, "sum", dimensions | BESIDE, FILTERS, access.PROGRAMME_FIGURES, dated=False,
        behind=BEHIND, by="counted_by", printed=(*dimensions, "state"),
    )  # fmt: skip


def _briefings(basis: Basis) -> Select[Any]:
    """Material given for local briefings, numbered by 都, 道, 府 and 県."""
    given = source(basis)
    kind = given.selected_columns.prefecture_kind
    place = func.dense_rank().over(
        partition_by=organisation_support.c.fiscal_year,
        order_by=func.array_position(cast(literal(list(KINDS), ARRAY(Text)), ARRAY(Text)), kind),
    )
    return given.where(organisation_support.c.kind == "briefing_material").add_columns(place.label("row_no"))


def _of_support(name: str) -> dict[str, Dimension]:
    return {name: Dimension(name, filter=name)}


STATISTICS = (
    _persons(
        "jet-trainings", Said("JETプログラム参加者への研修実施状況", "Trainings for JET participants"),
        lines(*IN_ORDER),
        NUMBERED | DATES | told("date_precision", "date_text", "training_name")
        | {"method_or_place": Dimension("place")} | told("audience"),
    ),
    Statistic(
        "jet-training-periods", Said("JETプログラム参加者への研修の実施日", "Periods of the JET trainings"),
        spans(*IN_ORDER), {"runs": Measure("回", summed("runs"))}, "sum",
        NUMBERED | told(period_no=cells.INTEGER) | DATES | told("date_precision", "training_name", "edition_code")
        | told(fiscal_year=cells.INTEGER),
        FILTERS, access.PROGRAMME_FIGURES, dated=False,
        printed=("row_no", "period_no", "date_start", "date_end", "date_precision"),
    ),
    _persons(
        "jet-courses", Said("日本語講座、翻訳・通訳講座", "Japanese courses, translation and interpretation"),
        components("japanese", "translation"),
        NUMBERED | {"course": Dimension("training_name"), "component_group": Dimension("stream")}
        | told("component") | DATES | told("method", "audience"),
    ),
    _persons(
        "jet-organisation-support",
        Said("任用団体・取りまとめ団体へのサポート実施状況", "Seminars for contracting and host organisations"),
        lines("organisation_seminar", "adviser_training"),
        NUMBERED | told("training_name") | told(session_no=cells.INTEGER) | DATES | told("place", "audience"),
    ),
    Statistic(
        "jet-local-briefings",
        Said("管内担当者向け説明会への研修動画・資料の提供", "Prefectures given material for local briefings"),
        _briefings,
        {"prefectures": Measure(
            "団体", lambda facts: func.count(facts.prefecture.distinct()), {"kind": "briefing_material"})},
        "distinct",
        {
            "row_no": Dimension("row_no", told_by="kind", cell=cells.INTEGER),
            "kind": Dimension("prefecture_kind", filter="prefecture_kind"),
            "fiscal_year": Dimension("fiscal_year", filter="fiscal_year", cell=cells.INTEGER),
            "prefecture": Dimension("prefecture", filter="prefecture"),
        },
        {name: SUPPORTS[name] for name in ("fiscal_year", "organisation")}, access.PROGRAMME_FIGURES,
        records=organisation_supports, dated=False, printed=("row_no", "kind"),
    ),
    Statistic(
        "organisation-supports", Said("団体への支援の件数", "Supports given to organisations"), source,
        {"value": Measure("件", lambda facts: func.count(facts.id))}, "sum",
        _of_support("fiscal_year") | _of_support("kind") | _of_support("prefecture"),
        {name: SUPPORTS[name] for name in ("fiscal_year", "kind", "organisation", "prefecture")},
        access.PROGRAMME_FIGURES, records=organisation_supports, dated=False,
    ),
    _persons(
        "jet-participant-support",
        Said("JETプログラム参加者へのサポート実施状況", "Support meetings for JET participants"),
        lines("opinion_exchange", "leavers_briefing"),
        NUMBERED | DATES | {"name": Dimension("training_name")} | told("place", "audience"),
    ),
    _persons(
        "jet-career-trainings",
        Said("JETプログラム参加者へのキャリア支援研修の実施状況", "Career support trainings"),
        lines("career_vision", "job_hunting"),
        NUMBERED | DATES | told("training_name") | {"method": Dimension("place")} | told("audience"),
    ),
)  # fmt: skip

"""The participant figures of section 3.0 of the business report, over any dimension of the roster."""

from typing import Any

from sqlalchemy import Uuid, func

from services.jet import access
from services.jet.roster.resource import FILTERS, roster
from services.jet.roster.source import held, terms
from services.kit.directory import visible
from services.kit.statistics import Dimension, Statistic
from services.kit.text import Text

DIMENSIONS = {
    "programme_year": Dimension("programme_year", filter="programme_year"),
    "job_type": Dimension("job_type", filter="job_type"),
    "nationality": Dimension("nationality", filter="nationality"),
    "host_authority": Dimension("host_code", "host_name", "host_authority"),
    "organisation": Dimension("organisation_code", "organisation_name", "organisation"),
    "workplace_municipality": Dimension("municipality_code", "municipality_name", "workplace_municipality"),
    "arrival_group": Dimension("arrival_group", filter="arrival_group"),
    "is_new": Dimension("is_new", filter="is_new"),
}


def _people(facts: Any) -> Any:
    return func.count(facts.participant_id.distinct())


def _countries(facts: Any) -> Any:
    return func.count(facts.nationality.distinct())


def _organisations(facts: Any) -> Any:
    return func.count(facts.organisation_id.distinct())


def _statistic(name: str, title: Text, unit: Any, measure: Any) -> Statistic:
    return Statistic(
        name, title, unit, terms, measure, "distinct", DIMENSIONS, FILTERS, access.FIGURES,
        visible(held("organisation_id", Uuid)), roster,
    )  # fmt: skip


STATISTICS = (
    _statistic("participants", Text("JET参加者数", "JET participants"), "名", _people),
    _statistic("countries", Text("招致国数", "Countries of origin"), "か国", _countries),
    _statistic(
        "contracting-organisations", Text("任用団体数", "Contracting organisations"), "団体", _organisations
    ),
)

"""The participant figures of section 3.0 of the business report, over any dimension of the roster."""

from typing import Any

from sqlalchemy import Uuid, func

from services.jet import access
from services.jet.roster.resource import FILTERS, roster
from services.jet.roster.source import held, terms
from services.kit.directory import visible
from services.kit.statistics import Dimension, Measure, Statistic
from services.kit.text import Text

DIMENSIONS = {
    "programme_year": Dimension("programme_year", filter="programme_year"),
    "job_type": Dimension("job_type", filter="job_type"),
    "nationality": Dimension("nationality", filter="nationality"),
    "prefecture": Dimension("prefecture", filter="prefecture"),
    "host_authority": Dimension("host_code", "host_name", "host_authority"),
    "organisation": Dimension("organisation_code", "organisation_name", "organisation"),
    "workplace_municipality": Dimension("municipality_code", "municipality_name", "workplace_municipality"),
    "arrival_group": Dimension("arrival_group", filter="arrival_group"),
    "is_new": Dimension("is_new", filter="is_new"),
}


def _people(facts: Any) -> Any:
    return func.count(facts.participant_id.distinct())


def _new(facts: Any) -> Any:
    return _people(facts).filter(facts.is_new)


def _of_job_type(job_type: str) -> Measure:
    return Measure(
        "名", lambda facts: _people(facts).filter(facts.job_type == job_type), {"job_type": job_type}
    )


def _countries(facts: Any) -> Any:
    return func.count(facts.nationality.distinct())


def _organisations(facts: Any) -> Any:
    return func.count(facts.organisation_id.distinct())


PEOPLE = Measure("名", _people)
COUNTRIES = Measure("か国", _countries)
ORGANISATIONS = Measure("団体", _organisations)


def _statistic(name: str, title: Text, **measures: Measure) -> Statistic:
    return Statistic(
        name, title, terms, measures, "distinct", DIMENSIONS, FILTERS, access.FIGURES,
        visible(held("organisation_id", Uuid)), roster,
    )  # fmt: skip


# A designated city (政令指定都市) stands by itself, and not in its prefecture.
BODIES = {
    "body": Dimension("body_code", "body_name", "body"),
    "body_type": Dimension("body_type", told_by="body"),
}


STATISTICS = (
    _statistic("participants", Text("JET参加者数", "JET participants"), value=PEOPLE),
    _statistic("countries", Text("招致国数", "Countries of origin"), value=COUNTRIES),
    _statistic(
        "contracting-organisations", Text("任用団体数", "Contracting organisations"), value=ORGANISATIONS
    ),
    # Table 43 of the business report: one programme year's roster as known on 1 July.
    _statistic(
        "jet-overview",
        Text(
            "JETプログラムの参加者・招致国・任用団体",
            "Participants, countries and organisations of the JET Programme",
        ),
        participants=PEOPLE,
        new_participants=Measure("名", _new, {"is_new": "true"}, of="participants"),
        participants_alt=_of_job_type("ALT"),
        participants_cir=_of_job_type("CIR"),
        participants_sea=_of_job_type("SEA"),
        countries=COUNTRIES,
        contracting_organisations=ORGANISATIONS,
    ),
    # Table 44: the same roster, by prefecture and designated city; equal numbers have equal ranks.
    Statistic(
        "jet-top20", Text("都道府県・政令指定都市別の参加者数（上位20位）", "Participants by prefecture and designated city (top 20)"),
        terms, {"participants": PEOPLE}, "distinct", BODIES | {"programme_year": DIMENSIONS["programme_year"]}, FILTERS,
        access.FIGURES, visible(held("organisation_id", Uuid)), roster, printed=("body", "body_type"), top=20,
    ),
)  # fmt: skip

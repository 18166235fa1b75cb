"""The board of a host authority: who has submitted and who has not, and what is asked for."""

from typing import Any, Literal

from sqlalchemy import Select, func, select

from services.jet import access
from services.jet.submissions.resource import (
    FILTERS,
    OF_HOST,
    host,
    host_of,
    member,
    membership,
    placement_submissions,
    submitted,
)
from services.jet.tables import placement_request, placement_submission
from services.jet.terms import ArrivalGroup, JobType
from services.kit import directory
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis
from services.kit.statistics import Dimension, Measure, Statistic
from services.kit.text import Text

Entry = Literal["reappointment", "new"]


def _requests(_: Basis) -> Select[Any]:
    """Rows of placement requests, each under the host authority that its organisation belongs to today."""
    r, o = placement_request.c, directory.organisation.c
    return (
        select(
            r.id, r.organisation_id, o.code.label("organisation_code"), o.name.label("organisation_name"),
            host.c.code.label("host_code"), host.c.name.label("host_name"), r.programme_year, r.entry,
            r.organisation_answer, r.job_type, r.arrival_group, r.seats,
        )
        .join_from(placement_request, directory.organisation, o.id == r.organisation_id)
        .join(membership, member(r.organisation_id), isouter=True)
        .join(host, host_of(r.organisation_id))
    )  # fmt: skip


def _organisations(facts: Any) -> Any:
    return func.count(facts.organisation_id.distinct())


def _seats(facts: Any) -> Any:
    """New seats, and those of whom the organisation would keep; a leaver's is none."""
    return func.coalesce(func.sum(facts.seats).filter(facts.organisation_answer.is_distinct_from("no")), 0)


YEAR = Dimension("programme_year", filter="programme_year")
HOST = Dimension("host_code", "host_name", "host_authority")
STATISTICS = (
    Statistic(
        "placement-submissions",
        Text("配置要望の提出状況", "Submissions of placement requests"),
        lambda _: submitted(),
        {"value": Measure("団体", _organisations)},
        "distinct",
        {
            "programme_year": YEAR,
            "host_authority": HOST,
            "state": Dimension("state", filter="state"),
            "late": Dimension("late", filter="late"),
        },
        FILTERS,
        access.BOARD,
        visible(placement_submission.c.organisation_id),
        placement_submissions,
        dated=False,
    ),
    Statistic(
        "placement-requests",
        Text("配置要望の席数", "Seats of placement requests"),
        _requests,
        {"value": Measure("名", _seats)},
        "sum",
        {
            "programme_year": YEAR,
            "host_authority": HOST,
            "organisation": Dimension("organisation_code", "organisation_name", "organisation"),
            "job_type": Dimension("job_type", filter="job_type"),
            "arrival_group": Dimension("arrival_group", filter="arrival_group"),
            "entry": Dimension("entry", filter="entry"),
        },
        {
            "programme_year": equals(placement_request.c.programme_year, int),
            "host_authority": OF_HOST,
            "organisation": by_organisation(placement_request.c.organisation_id),
            "job_type": equals(placement_request.c.job_type, JobType),
            "arrival_group": equals(placement_request.c.arrival_group, ArrivalGroup),
            "entry": equals(placement_request.c.entry, Entry),
        },
        access.BOARD,
        visible(placement_request.c.organisation_id),
        dated=False,
    ),
)

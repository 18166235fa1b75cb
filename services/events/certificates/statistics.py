"""How many an edition certified (認定者数), and how many its event has certified so far (累計): its highest number."""

from typing import Any

from sqlalchemy import Integer, Select, Text, func, literal, select

from services.events import access
from services.events.certificates.tables import certificate
from services.events.tables import edition, event
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis
from services.kit.statistics import Behind, Measure, Statistic, called, line, summed, told
from services.kit.text import Text as Said


def _lines(_: Basis) -> Select[Any]:
    c, e, v = certificate.c, edition.c, event.c
    made = (
        select(
            v.code.label("event_code"), v.name_ja.label("event_name"), e.code.label("edition_code"),
            e.title_ja.label("training_name"), e.fiscal_year, e.office, literal("certificates").label("listed"), func.count(c.id).label("certified"),
            func.max(c.number).label("cumulative"),
        )
        .join_from(certificate, edition, e.id == c.edition_id)
        .join(event, v.id == c.event_id)
        .group_by(v.id, e.id)
        .subquery("line")
    )  # fmt: skip
    return select(made)


STATISTICS = (
    Statistic(
        "certificates",
        Said("認定者数", "Certificates"),
        _lines,
        {"certified": Measure("名", summed("certified")), "cumulative": Measure("名", summed("cumulative"))},
        "sum",
        told("event_code", "event_name", "training_name", fiscal_year=cells.INTEGER)
        | called(edition_code="event_edition_code"),
        {
            "fiscal_year": equals(line("fiscal_year", Integer), int),
            "event": equals(line("event_code", Text)),
            "office": equals(line("office", Text)),
        },
        access.FIGURES,
        dated=False,
        behind={
            "certificates": Behind(
                "/events/v1/certificates", access.LOG, {"edition": "edition_code"}, {"certified": {}}
            )
        },
        by="listed",
        printed=("event_code", "edition_code", "training_name"),
    ),
)

"""The home of an officer of events: what an office owes, what comes next, and where the rest is."""

from datetime import date
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.edition_parts import COUNTS, LEGS
from services.gateway.desk.pages.event_edition import uncounted
from services.gateway.desk.pages.events import EDITIONS, OFFICES, offices
from services.gateway.desk.pages.office_hand_over import FOUND as HAND_OVERS
from services.gateway.desk.pages.office_log import LIST as LOG
from services.gateway.desk.pages.office_log import SERVED
from services.gateway.desk.pages.readings import DUE
from services.gateway.desk.pages.roster import CLOCK
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.visit import Visit
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.text import Text

HOME, TITLE = "/desk/office", Text("やること", "What is due")
SURVEYS = "events_surveys_list"
FEW = 10

pages = Pages()


@pages.page(
    HOME, TITLE, roles=OFFICERS, menu=True,
    calls=(OFFICES, SERVED, CLOCK, DUE, SURVEYS, HAND_OVERS, LOG, LEGS, COUNTS, EDITIONS),
)  # fmt: skip
async def home(visit: Visit) -> Response:
    office = await _office(visit)
    of = {"office": office or None}
    today = (await visit.read(CLOCK))["today"]
    year = fiscal_year_of(date.fromisoformat(today))
    missing: list[Any] = []
    for at in (year - 1, year):
        editions = await visit.every(EDITIONS, **of, fiscal_year=at, state="held", sort="starts_on")
        if editions:
            legs, counts = [await visit.every(call, **of, fiscal_year=at) for call in (LEGS, COUNTS)]
            found = uncounted(editions, legs, counts, today)
            missing += [one | {"missing": found[one["code"]]} for one in editions if one["code"] in found]
    if not office:
        # headquarters look at their own: an office is asked on its own page
        missing = [one for one in missing if one["office_code"] is None]
    some = {"limit": FEW, "include": "total"}
    surveys = await visit.every(SURVEYS, **of, answered="false", sort="requested_on")
    surveys.sort(key=lambda one: one["due_on"] or "9999")
    handed = (await visit.read(HAND_OVERS, **of, sort="-leaves_on", limit=1))["items"] if office else []
    return visit.show(
        "office.html", office=office, offices=await offices(visit), today=today, missing=missing[:FEW],
        missing_total=len(missing), surveys=surveys[:FEW], surveys_total=len(surveys),
        readings=await visit.read(DUE, **of, state="missing", sort="due_on", **some),
        lines=await visit.read(LOG, **of, state="open", sort="received_on", **some),
        legs=(await visit.read(LEGS, **of, cancelled="false", sort="starts_on", limit=FEW, **{"from": today}))["items"],
        hand_over=handed[0] if handed else None,
    )  # fmt: skip


async def _office(visit: Visit) -> str:
    """The one that was chosen; else one's own; of headquarters none."""
    if "office" in visit.request.query_params:
        return visit.query.get("office", "")
    served = await visit.every(SERVED)
    return str(served[0]["code"]) if len(served) == 1 else ""

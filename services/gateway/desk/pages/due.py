"""What an organisation owes, and by when."""

from datetime import datetime
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Visit
from services.kit.text import Text

OFFICERS = ("organisation", "host_authority")
OWN = (
    "jet_placement_surveys_list",
    "jet_placement_submissions_list",
    "jet_placement_remarks_list",
    "identity_clock_read",
)

pages = Pages()


async def newest_survey(visit: Visit) -> dict[str, Any] | None:
    surveys = await visit.read("jet_placement_surveys_list", sort="-programme_year", limit=1)
    return next(iter(surveys["items"]), None)


async def newest(visit: Visit) -> dict[str, Any] | None:
    """The newest survey, with the days that are left to the host authorities' deadline: as of business time."""
    survey = await newest_survey(visit)
    if survey is None:
        return None
    clock = await visit.read("identity_clock_read")
    return survey | {"days_left": days_left(survey["host_deadline_at"], clock["now"])}


async def own_submission(visit: Visit) -> dict[str, Any]:
    """The newest survey with the organisation's own answer to it."""
    survey = await newest(visit)
    found: dict[str, Any] = {"survey": survey, "submission": None, "remarks": [], "days_left": None}
    if survey is None:
        return found
    year = {"programme_year": survey["programme_year"], "organisation": visit.organisation}
    submissions = await visit.read("jet_placement_submissions_list", **year)
    found |= {"submission": next(iter(submissions["items"]), None), "days_left": survey["days_left"]}
    if found["submission"] and found["submission"]["state"] == "returned":
        found["remarks"] = (await visit.read("jet_placement_remarks_list", **year))["items"]
    return found


def days_left(deadline: str, now: str) -> int:
    """Whole days until the deadline; negative once it is past."""
    return (datetime.fromisoformat(deadline) - datetime.fromisoformat(now)).days


@pages.page("/desk/due", Text("やること", "What you owe"), roles=OFFICERS, calls=OWN, menu=True)
async def due(visit: Visit) -> Response:
    return visit.show("due.html", **await own_submission(visit))

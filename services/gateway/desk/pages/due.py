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


async def own_submission(visit: Visit) -> dict[str, Any]:
    """The newest survey with the organisation's own answer to it, and how many days are left: as of business time."""
    surveys = await visit.read("jet_placement_surveys_list", sort="-programme_year", limit=1)
    found: dict[str, Any] = {"survey": None, "submission": None, "remarks": [], "days_left": None}
    if not surveys["items"]:
        return found
    survey = surveys["items"][0]
    year = {"programme_year": survey["programme_year"], "organisation": visit.organisation}
    submissions = await visit.read("jet_placement_submissions_list", **year)
    clock = await visit.read("identity_clock_read")
    found |= {"survey": survey, "submission": next(iter(submissions["items"]), None)}
    found["days_left"] = days_left(survey["host_deadline_at"], clock["now"])
    if found["submission"] and found["submission"]["state"] == "returned":
        found["remarks"] = (await visit.read("jet_placement_remarks_list", **year))["items"]
    return found


def days_left(deadline: str, now: str) -> int:
    """Whole days until the deadline; negative once it is past."""
    return (datetime.fromisoformat(deadline) - datetime.fromisoformat(now)).days


@pages.page("/desk/due", Text("やること", "What you owe"), roles=OFFICERS, calls=OWN, menu=True)
async def due(visit: Visit) -> Response:
    return visit.show("due.html", **await own_submission(visit))

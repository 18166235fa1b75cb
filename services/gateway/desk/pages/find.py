"""Find somebody: by roman letters, katakana, a name before, a JET number; or an organisation by its name or code."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.uploads import SENDERS
from services.gateway.desk.visit import Visit
from services.kit.text import Text

PEOPLE, ORGANISATIONS = "jet_participants_list", "directory_organisations_list"
PERSON, PLACED = "jet_participants_read", "jet_placements_list"
TERMS, VERSIONS = "jet_appointments_list", "jet_appointment_versions_list"
ANSWERS = "jet_reappointment_answers_list"
FIND, SHOWN, OFFICES = "/desk/find", 50, 10
TITLE = Text("人と団体をさがす", "Find")

pages = Pages()


@pages.page(FIND, TITLE, roles=SENDERS, calls=(PEOPLE, ORGANISATIONS), menu=True)
async def find(visit: Visit) -> Response:
    asked = visit.query.get("q")
    people: dict[str, Any] = {"items": [], "next": None}
    organisations: list[Any] = []
    if asked is not None:
        cursor = visit.query.get("cursor")
        people = await visit.read(PEOPLE, q=asked, sort="family_name", limit=SHOWN, cursor=cursor)
        if cursor is None:
            organisations = (await visit.read(ORGANISATIONS, q=asked, limit=OFFICES))["items"]
            coded = (await visit.read(ORGANISATIONS, code=asked, limit=OFFICES))["items"]
            organisations = coded + [one for one in organisations if one not in coded]
    return visit.show("find.html", asked=asked, people=people, organisations=organisations)


@pages.page(
    "/desk/people/{ref}",
    Text("JET参加者", "A participant"),
    roles=SENDERS,
    calls=(PERSON, PLACED, TERMS, VERSIONS, ANSWERS),
)
async def person(visit: Visit) -> Response:
    found = await visit.read(PERSON, ref=visit.path("ref"))
    number = {"jet_number": found["jet_number"]}
    return visit.show(
        "person.html",
        person=found,
        placements=await visit.every(PLACED, **number),
        terms=await visit.every(TERMS, **number),
        versions=await visit.every(VERSIONS, **number),
        answers=await visit.every(ANSWERS, **number),
    )

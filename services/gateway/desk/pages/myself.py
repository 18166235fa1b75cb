"""A participant's own pages: what is asked of me, my record, and who read it."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.due import newest_survey
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

PARTICIPANTS = ("participant",)
PERSON, TERMS = "jet_participants_list", "jet_appointments_list"
SURVEYS, ANSWERS = "jet_placement_surveys_list", "jet_reappointment_answers_list"
ADD, CHANGE = "jet_reappointment_answers_create", "jet_reappointment_answers_change"
ASKED_OF = (PERSON, TERMS, SURVEYS, ANSWERS, "identity_clock_read")
CHOICES = ("yes", "no", "undecided")
ASKED = "/desk/asked"
TITLE = Text("回答のお願い", "What is asked of you")
KEPT = Text("回答を保存しました。", "Your answer is saved.")

pages = Pages()


@pages.page(ASKED, TITLE, roles=PARTICIPANTS, calls=ASKED_OF, menu=True)
async def asked(visit: Visit) -> Response:
    return visit.show("asked_of_me.html", choices=CHOICES, **await _question(visit))


@pages.command(ASKED, TITLE, roles=PARTICIPANTS, calls=(*ASKED_OF, ADD, CHANGE))
async def answer(visit: Visit) -> Response:
    found = await _question(visit)
    if found["year"] is None:
        return visit.go(ASKED)
    given, said = visit.field("answer"), found["given"]
    try:
        if said is None:
            body = {
                "jet_number": found["person"]["jet_number"],
                "programme_year": found["year"],
                "answer": given,
            }
            await visit.do(ADD, body)
        elif said["answer"] != given:
            await visit.do(CHANGE, {"answer": given}, match="*", ref=said["id"])
    except Refused as refused:
        return visit.show(
            "asked_of_me.html", status=refused.status, problem=refused.problem, choices=CHOICES, **found
        )
    return visit.go(ASKED, KEPT)


@pages.page("/desk/me", Text("登録内容", "Your record"), roles=PARTICIPANTS, calls=(PERSON, TERMS), menu=True)
async def me(visit: Visit) -> Response:
    return visit.show("me.html", person=await _own(visit), terms=await visit.every(TERMS))


@pages.page(
    "/desk/readers",
    Text("閲覧の記録", "Who read your record"),
    roles=PARTICIPANTS,
    calls=("jet_readings_list",),
    menu=True,
)
async def readers(visit: Visit) -> Response:
    rows = await visit.read("jet_readings_list", sort="-read_at", limit=50, cursor=visit.query.get("cursor"))
    return visit.show("readers.html", rows=rows)


async def _own(visit: Visit) -> Any:
    return next(iter((await visit.read(PERSON))["items"]), None)


async def _question(visit: Visit) -> dict[str, Any]:
    """Whether one would be kept on: asked of whoever serves in the year before the newest survey's, until the last day
    there."""
    found: dict[str, Any] = {"person": await _own(visit), "year": None, "survey": None, "given": None}
    survey = await newest_survey(visit)
    if found["person"] is None or survey is None:
        return found
    year, today = survey["programme_year"], (await visit.read("identity_clock_read"))["today"]
    terms = await visit.every(TERMS, programme_year=year - 1)
    if not any(one["ends_on"] >= today for one in terms):
        return found
    answers = await visit.read(ANSWERS, programme_year=year)
    return found | {"year": year, "survey": survey, "given": next(iter(answers["items"]), None)}

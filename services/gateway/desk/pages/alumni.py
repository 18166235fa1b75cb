"""Alumni of themselves, those who have left among them: the consent to be kept in touch with, and what became of one."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import CLOCK, ONESELF, PARTICIPANTS, jet_number
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

MINE, JOIN, CHANGE, WITHDRAW = (
    "jet_alumni_list", "jet_alumni_create", "jet_alumni_change", "jet_alumni_withdraw",
)  # fmt: skip
CHAPTERS, COUNTRIES = "jet_alumni_chapters_list", "directory_countries_list"
CAREERS, CAREER, TELL, MEND = (
    "jet_alumni_careers_list", "jet_alumni_careers_read", "jet_alumni_careers_create", "jet_alumni_careers_change",
)  # fmt: skip
HOME = "/desk/alumni"
TITLE, TOLD = Text("JET経験者の会", "Alumni"), Text("その後の進路", "What you do now")
ASKED = ("purposes", "contact_by", "contact_email", "contact_address", "chapter_code", "residence")
CAREER_TOLD = ("since_on", "career_field", "employer", "country", "may_be_published")
PLACES = ("chapter_code", "residence")
SHOWN = (MINE, CHAPTERS, COUNTRIES, CAREERS)
JOINED = Text(
    "同意を保存しました。いつでも撤回できます。", "Your consent is saved. You can withdraw it at any time."
)
CHANGED = Text("保存しました。", "Saved.")
WITHDRAWN = Text(
    "同意を撤回しました。登録内容は、いまからあなたにしか見えません。",
    "Your consent is withdrawn. From now on nobody but you sees this record.",
)

pages = Pages()


@pages.page(HOME, TITLE, roles=PARTICIPANTS, calls=SHOWN, menu=True)
async def alumni(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(HOME, TITLE, roles=PARTICIPANTS, calls=(*SHOWN, JOIN, CHANGE, *ONESELF))
async def join(visit: Visit) -> Response:
    """A consent that was withdrawn is given anew, as of today; one that stands keeps its day."""
    given = typed(visit.form, _asked(visit))
    own = await _own(visit)
    try:
        if own is None or own["state"] == "withdrawn":
            today = (await visit.read(CLOCK))["today"]
            anew = given | {"consent_form": "oneself", "consented_on": today}
            if own is None:
                await visit.do(JOIN, anew | {"jet_number": await jet_number(visit)})
            else:
                await visit.do(CHANGE, anew, match="*", ref=own["id"])
            return visit.go(HOME, JOINED)
        await visit.do(CHANGE, differing(given, own), match="*", ref=own["id"])
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem, given=given)
    return visit.go(HOME, CHANGED)


@pages.command(f"{HOME}/withdraw", TITLE, roles=PARTICIPANTS, calls=(*SHOWN, WITHDRAW))
async def withdraw(visit: Visit) -> Response:
    own = await _own(visit)
    if own is None:
        return visit.go(HOME)
    try:
        await visit.do(WITHDRAW, ref=own["id"])
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(HOME, WITHDRAWN)


@pages.page(f"{HOME}/careers/new", TOLD, roles=PARTICIPANTS, calls=(MINE, COUNTRIES))
async def telling(visit: Visit) -> Response:
    return await _telling(visit)


@pages.command(f"{HOME}/careers/new", TOLD, roles=PARTICIPANTS, calls=(MINE, COUNTRIES, TELL))
async def tell(visit: Visit) -> Response:
    own = await _own(visit)
    given = typed(visit.form, _told(visit))
    if own is None:
        return visit.go(HOME)
    try:
        await visit.do(TELL, given | {"alumnus_id": own["id"]})
    except Refused as refused:
        return await _telling(visit, status=refused.status, problem=refused.problem, given=given)
    return visit.go(HOME, CHANGED)


@pages.page(f"{HOME}/careers/{{id}}", TOLD, roles=PARTICIPANTS, calls=(CAREER, COUNTRIES))
async def career(visit: Visit) -> Response:
    return await _telling(visit, given=await visit.read(CAREER, ref=visit.path("id")))


@pages.command(f"{HOME}/careers/{{id}}", TOLD, roles=PARTICIPANTS, calls=(CAREER, COUNTRIES, MEND))
async def mend(visit: Visit) -> Response:
    found = await visit.read(CAREER, ref=visit.path("id"))
    given = typed(visit.form, _told(visit))
    try:
        await visit.do(MEND, differing(given, found), match="*", ref=found["id"])
    except Refused as refused:
        return await _telling(visit, status=refused.status, problem=refused.problem, given=given)
    return visit.go(HOME, CHANGED)


async def _own(visit: Visit) -> dict[str, Any] | None:
    return next(iter((await visit.read(MINE))["items"]), None)


def _asked(visit: Visit) -> list[Any]:
    return visit.entries(JOIN, ASKED)


def _told(visit: Visit) -> list[Any]:
    return visit.entries(TELL, CAREER_TOLD)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None, given: Any = None) -> Response:
    own = await _own(visit)
    asked = _asked(visit)
    return visit.show(
        "alumni.html", status=status, problem=problem, own=own, careers=await visit.every(CAREERS, sort="-since_on"),
        asked=[one for one in asked if one.name not in PLACES],
        chapters=[one for one in await visit.every(CHAPTERS) if one["active"]],
        countries=await visit.every(COUNTRIES),
        values=dict.fromkeys(one.name for one in asked) | (own or {}) | (given or {}),
    )  # fmt: skip


async def _telling(visit: Visit, *, status: int = 200, problem: Any = None, given: Any = None) -> Response:
    asked = _told(visit)
    return visit.show(
        "alumni_career.html", status=status, problem=problem, countries=await visit.every(COUNTRIES),
        asked=[one for one in asked if one.name != "country"],
        values=dict.fromkeys(one.name for one in asked) | (given or {}),
    )  # fmt: skip

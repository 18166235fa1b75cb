"""Career fairs for participants: a day to come, a profile for this fair alone, what of it whom is shown, and interviews.

Consent is a page of its own: to whom, which fields, until when. What an exhibitor sees is what `fair-candidates` says of
the same fields; it is shown beside them.
"""

from datetime import date
from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import CLOCK, ONESELF, PARTICIPANTS, before, jet_number, open_acts
from services.gateway.desk.visit import Refused, Visit
from services.kit import qr
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.text import Text

FAIRS, FAIR, DAYS = "jet_career_fairs_list", "jet_career_fairs_read", "jet_career_fair_days_list"
MINE, ONE = "jet_fair_registrations_list", "jet_fair_registrations_read"
REGISTER, CHANGE = "jet_fair_registrations_create", "jet_fair_registrations_change"
CONSENT, WITHDRAW_CONSENT = "jet_fair_registrations_consent", "jet_fair_registrations_withdraw_consent"
EXHIBITORS, EXHIBITOR, SLOTS = (
    "jet_fair_exhibitors_list",
    "jet_fair_exhibitors_read",
    "jet_interview_slots_list",
)
MEETINGS, BOOK = "jet_fair_interviews_list", "jet_fair_interviews_create"
STEPS = {"confirm": "jet_fair_registrations_confirm", "withdraw": "jet_fair_registrations_withdraw"}
ANSWERS = {
    "accept": "jet_fair_interviews_accept", "decline": "jet_fair_interviews_decline",
    "cancel": "jet_fair_interviews_cancel",
}  # fmt: skip
HOME = "/desk/fairs"
ALL, A_FAIR, PLACE, SHOWN_TO, MEET, PROFILE = (
    Text("キャリアフェア", "Career fairs"), Text("フェアの案内", "A career fair"), Text("参加登録", "Your registration"),
    Text("出展者に見せる内容", "What exhibitors see"), Text("出展者と面談の予約", "An exhibitor"),
    Text("プロフィール", "Your profile for the fair"),
)  # fmt: skip
HOLDS = ("waiting", "offered", "confirmed")
AHEAD = ("requested", "booked")
DONE = {
    "register": Text("参加登録をしました。次に、出展者に見せる内容を選べます。",
                     "You are registered. Next you can choose what exhibitors may see."),
    "profile": Text("プロフィールを保存しました。", "Your profile is saved."),
    "consent": Text("選んだ項目だけを、このフェアの出展者に見せます。",
                    "Exhibitors of this fair now see the fields that you chose, and no others."),
    "withdraw_consent": Text("同意を撤回しました。出展者には、もう何も表示されません。これからの面談も取り消しました。",
                             "Your consent is withdrawn: exhibitors see nothing of you any more. Interviews to come are cancelled."),
    "confirm": Text("参加が確定しました。", "Your place is certain now."),
    "withdraw": Text("参加登録を取り消しました。同意も終わりました。", "You have withdrawn, and your consent with it."),
    "book": Text("面談を予約しました。", "The interview is booked."),
    "accept": Text("面談の案内を受けました。", "You have accepted the interview."),
    "decline": Text("面談の案内を断りました。", "You have declined the interview."),
    "cancel": Text("面談を取り消しました。", "The interview is cancelled."),
}  # fmt: skip

pages = Pages()
PLACED = (ONE, FAIR, DAYS, EXHIBITORS, CLOCK)
STANDING = (EXHIBITOR, FAIR, DAYS, SLOTS, MINE, MEETINGS, CLOCK)


@pages.page(HOME, ALL, roles=PARTICIPANTS, calls=(FAIRS, DAYS, MINE, CLOCK), menu=True)
async def fairs(visit: Visit) -> Response:
    today = (await visit.read(CLOCK))["today"]
    year = fiscal_year_of(date.fromisoformat(today))
    found = [one for at in (year, year + 1) for one in await visit.every(FAIRS, fiscal_year=at)]
    days = [one for at in (year, year + 1) for one in await visit.every(DAYS, fiscal_year=at, sort="held_on")]
    mine = {one["fair_code"]: one for one in await visit.every(MINE) if one["state"] in HOLDS}
    ahead = {one["fair_code"] for one in days if one["held_on"] >= today}
    shown = [one for one in found if one["fair_code"] in ahead | set(mine) and not one["cancelled_on"]]
    return visit.show("fairs.html", fairs_shown=shown, days=days, mine=mine)


@pages.page(
    f"{HOME}/{{code}}", A_FAIR, roles=PARTICIPANTS, calls=(FAIR, DAYS, MINE, EXHIBITORS, MEETINGS, CLOCK)
)
async def fair(visit: Visit) -> Response:
    found = await visit.read(FAIR, ref=visit.path("code"))
    of = {"fair": found["fair_code"]}
    return visit.show(
        "fair.html", fair=found, days=await visit.every(DAYS, **of, sort="held_on"),
        mine=[one for one in await visit.every(MINE, **of) if one["state"] in HOLDS],
        exhibitors=[one for one in await visit.every(EXHIBITORS, **of) if not one["cancelled_on"]],
        meetings=await visit.every(MEETINGS, **of, sort="starts_at"), now=(await visit.read(CLOCK))["now"],
    )  # fmt: skip


@pages.page(f"{HOME}/{{code}}/register", PLACE, roles=PARTICIPANTS, calls=(FAIR, DAYS, MINE))
async def registering(visit: Visit) -> Response:
    return await _registering(visit, {"day_code": visit.query.get("day", "")})


@pages.command(
    f"{HOME}/{{code}}/register", PLACE, roles=PARTICIPANTS, calls=(FAIR, DAYS, MINE, REGISTER, *ONESELF)
)
async def register(visit: Visit) -> Response:
    given = typed(visit.form, _profile(visit)) | {"day_code": visit.field("day_code")}
    try:
        made = await visit.do(REGISTER, given | {"jet_number": await jet_number(visit)})
    except Refused as refused:
        return await _registering(visit, given, status=refused.status, problem=refused.problem)
    if made["state"] != "confirmed":
        return visit.go(f"{HOME}/registrations/{made['id']}", DONE["register"])
    return visit.go(f"{HOME}/registrations/{made['id']}/consent", DONE["register"])


@pages.page(f"{HOME}/registrations/{{id}}", PLACE, roles=PARTICIPANTS, calls=PLACED)
async def registration(visit: Visit) -> Response:
    return await _placed(visit, "fair_place.html")


@pages.page(f"{HOME}/registrations/{{id}}/profile", PROFILE, roles=PARTICIPANTS, calls=(ONE,))
async def profile(visit: Visit) -> Response:
    record, etag = await visit.tagged(ONE, ref=visit.path("id"))
    return visit.show("fair_profile.html", asked=_profile(visit), values=record, one=record, etag=etag)


@pages.command(f"{HOME}/registrations/{{id}}/profile", PROFILE, roles=PARTICIPANTS, calls=(ONE, CHANGE))
async def change(visit: Visit) -> Response:
    record, etag = await visit.tagged(ONE, ref=visit.path("id"))
    given = typed(visit.form, _profile(visit))
    try:
        await visit.do(CHANGE, differing(given, record), match=visit.field("etag"), ref=visit.path("id"))
    except Refused as refused:
        return visit.show(
            "fair_profile.html", status=refused.status, problem=refused.problem, asked=_profile(visit), values=given,
            one=record, etag=etag,
        )  # fmt: skip
    return visit.go(f"{HOME}/registrations/{visit.path('id')}", DONE["profile"])


@pages.page(f"{HOME}/registrations/{{id}}/consent", SHOWN_TO, roles=PARTICIPANTS, calls=PLACED)
async def consenting(visit: Visit) -> Response:
    return await _placed(visit, "fair_consent.html")


@pages.command(f"{HOME}/registrations/{{id}}/consent", SHOWN_TO, roles=PARTICIPANTS, calls=(*PLACED, CONSENT))
async def consent(visit: Visit) -> Response:
    named = [value for value in visit.form.getlist("shared_fields") if isinstance(value, str)]
    try:
        await visit.do(CONSENT, {"shared_fields": named}, ref=visit.path("id"))
    except Refused as refused:
        return await _placed(visit, "fair_consent.html", status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/registrations/{visit.path('id')}", DONE["consent"])


@pages.command(
    f"{HOME}/registrations/{{id}}/withdraw-consent",
    SHOWN_TO,
    roles=PARTICIPANTS,
    calls=(*PLACED, WITHDRAW_CONSENT),
)
async def withdraw_consent(visit: Visit) -> Response:
    try:
        await visit.do(WITHDRAW_CONSENT, ref=visit.path("id"))
    except Refused as refused:
        return await _placed(visit, "fair_place.html", status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/registrations/{visit.path('id')}", DONE["withdraw_consent"])


def _step(name: str) -> None:
    address = f"{HOME}/registrations/{{id}}/{name}"

    @pages.command(address, PLACE, roles=PARTICIPANTS, calls=(*PLACED, STEPS[name]))
    async def step(visit: Visit) -> Response:
        try:
            await visit.do(STEPS[name], ref=visit.path("id"))
        except Refused as refused:
            return await _placed(visit, "fair_place.html", status=refused.status, problem=refused.problem)
        return visit.go(
            HOME if name == "withdraw" else f"{HOME}/registrations/{visit.path('id')}", DONE[name]
        )


for _name in STEPS:
    _step(_name)


@pages.page(f"{HOME}/exhibitors/{{id}}", MEET, roles=PARTICIPANTS, calls=STANDING)
async def exhibitor(visit: Visit) -> Response:
    return await _stand(visit)


@pages.command(f"{HOME}/exhibitors/{{id}}", MEET, roles=PARTICIPANTS, calls=(*STANDING, BOOK))
async def book(visit: Visit) -> Response:
    try:
        await visit.do(BOOK, {"slot_id": visit.field("slot"), "candidate_id": visit.field("registration")})
    except Refused as refused:
        return await _stand(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/exhibitors/{visit.path('id')}", DONE["book"])


def _answer(name: str) -> None:
    @pages.command(f"{HOME}/interviews/{{id}}/{name}", A_FAIR, roles=PARTICIPANTS, calls=(ANSWERS[name],))
    async def answer(visit: Visit) -> Response:
        made = await visit.do(ANSWERS[name], ref=visit.path("id"))
        return visit.go(f"{HOME}/{made['fair_code']}", DONE[name])


for _name in ANSWERS:
    _answer(_name)


def _profile(visit: Visit) -> list[Any]:
    """The fields that a consent may name, in its order."""
    return visit.entries(REGISTER, visit.entries(CONSENT, ("shared_fields",))[0].choices)


async def _registering(
    visit: Visit, given: dict[str, Any], *, status: int = 200, problem: Any = None
) -> Response:
    found = await visit.read(FAIR, ref=visit.path("code"))
    asked = _profile(visit)
    mine = {
        one["day_code"] for one in await visit.every(MINE, fair=found["fair_code"]) if one["state"] in HOLDS
    }
    days = [one for one in await visit.every(DAYS, fair=found["fair_code"]) if one["day_code"] not in mine]
    return visit.show(
        "fair_register.html", status=status, problem=problem, fair=found, asked=asked, days=days,
        values=dict.fromkeys(one.name for one in asked) | given,
    )  # fmt: skip


async def _placed(visit: Visit, template: str, *, status: int = 200, problem: Any = None) -> Response:
    """A registration with its fair: who exhibits there on that day, and until when they see candidates."""
    one = await visit.read(ONE, ref=visit.path("id"))
    of, fields = {"fair": one["fair_code"]}, visit.entries(CONSENT, ("shared_fields",))[0].choices
    (day,) = [at for at in await visit.every(DAYS, **of) if at["day_code"] == one["day_code"]]
    present = [
        who
        for who in await visit.every(EXHIBITORS, **of, day_number=day["day_number"])
        if not who["cancelled_on"]
    ]
    said = Text("受付票のQRコード", "The QR code of your ticket").within(visit.language)
    ticket = one["ticket"] if one["state"] == "confirmed" else None
    return visit.show(
        template, status=status, problem=problem, one=one, day=day, exhibitors=present, acts=open_acts(one),
        fair=await visit.read(FAIR, ref=one["fair_code"]), fields=fields, now=(await visit.read(CLOCK))["now"],
        ticket=ticket and qr.svg(f"{visit.issuer}/desk/fair-check-in/{ticket}", said),
    )  # fmt: skip


async def _stand(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    """An exhibitor, its free slots on the days that one comes, and the interviews that one has with it."""
    found = await visit.read(EXHIBITOR, ref=visit.path("id"))
    of = {"fair": found["fair_code"]}
    mine = {
        one["day_code"]: one
        for one in await visit.every(MINE, **of)
        if one["state"] == "confirmed" and one["consent_state"] == "given"
    }
    now = (await visit.read(CLOCK))["now"]
    whose = {"organisation": found["organisation_code"]}
    slots = [
        one
        for one in await visit.every(SLOTS, **of, **whose, taken="false", withdrawn="false", sort="starts_at")
        if one["day_code"] in mine and before(now, one["starts_at"])
    ]
    return visit.show(
        "fair_exhibitor.html", status=status, problem=problem, one=found, slots=slots, mine=mine, now=now,
        fair=await visit.read(FAIR, ref=found["fair_code"]), days=await visit.every(DAYS, **of),
        meetings=await visit.every(MEETINGS, **of, **whose, sort="starts_at"),
    )  # fmt: skip

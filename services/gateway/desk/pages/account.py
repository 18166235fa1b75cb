"""As whom one is here, and leaving."""

from starlette.responses import Response

from services.gateway.desk.calls import Cookie
from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Visit
from services.kit.text import Text

EVERYBODY = (
    "coordinator",
    "registrar",
    "organisation",
    "host_authority",
    "participant",
    "business",
    "auditor",
    "counsellor",
    "care_officer",
    "protector",
    "grant_officer",
    "event_officer",
)
LEFT = Text("サインアウトしました。", "You have signed out.")
TURNED = Text("立場を切り替えました。", "You are here in your other standing now.")

pages = Pages()


@pages.page("/desk/account", Text("サインイン情報", "Your sign-in"), roles=EVERYBODY)
async def account(visit: Visit) -> Response:
    return visit.show("account.html")


@pages.command("/desk/standing", Text("立場の切替", "Change of standing"), roles=EVERYBODY, calls=())
async def turn(visit: Visit) -> Response:
    role, _, code = visit.field("standing").partition(" ")
    said = await visit.own("identity_session_turns_create", role=role, organisation_code=code or None)
    response = visit.go("/desk", TURNED)
    visit.begin(response, Cookie(said["session_number"], said["person_id"]))
    return response


@pages.command("/desk/leave", Text("サインアウト", "Sign out"), roles=EVERYBODY, calls=())
async def leave(visit: Visit) -> Response:
    await visit.own("identity_session_ends_create", everywhere=visit.field("everywhere") == "yes")
    response = visit.go("/desk/enter", LEFT)
    visit.leave(response)
    return response

"""The data protection officer (個人情報保護担当): which cases were opened and who read them, and who read which figures."""

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_glass import GLASS, OPENING, OPENINGS
from services.gateway.desk.pages.care_released import LEDGER, RELEASES, SHOWN
from services.gateway.desk.visit import Visit
from services.kit.text import Text

PROTECTORS = ("protector",)
AUDIT, HOME = "care_audit_entries_list", "/desk/protection"
LATEST = 10
ALL = Text("個人情報保護", "Data protection")
READINGS = Text("緊急閲覧の記録", "Record of an emergency opening")

pages = Pages()


@pages.page(HOME, ALL, roles=PROTECTORS, calls=(OPENINGS, RELEASES, LEDGER), menu=True)
async def home(visit: Visit) -> Response:
    return visit.show(
        "care_protection.html", openings=await visit.read(OPENINGS, sort="-requested_at", limit=LATEST),
        releases=await visit.every(RELEASES, sort="-fiscal_year"),
        readings=await visit.read(LEDGER, sort="-read_at", limit=LATEST),
    )  # fmt: skip


@pages.page(f"{GLASS}/{{id}}/readings", READINGS, roles=PROTECTORS, calls=(OPENING, AUDIT))
async def readings(visit: Visit) -> Response:
    opening = await visit.read(OPENING, ref=visit.path("id"))
    asked = {"resource": "glass-openings", "record": opening["id"], "cursor": visit.query.get("cursor")}
    return visit.show(
        "care_readings.html", one=opening, found=await visit.read(AUDIT, sort="-at", limit=SHOWN, **asked)
    )

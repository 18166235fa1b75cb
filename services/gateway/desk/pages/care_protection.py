"""The data protection officer (個人情報保護担当): which cases were opened and who read them, and who read which figures.
Officers of counselling see the figures' ledger too."""

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_glass import GLASS, OPENING, OPENINGS, OVERSEERS
from services.gateway.desk.visit import Visit
from services.kit.text import Text

PROTECTORS = ("protector",)
RELEASES, LEDGER, AUDIT = "care_figure_releases_list", "care_release_readings_list", "care_audit_entries_list"
HOME, FIGURES = "/desk/protection", "/desk/released-figures"
SHOWN, LATEST = 100, 10
ALL, READINGS, RELEASED = (
    Text("個人情報保護", "Data protection"), Text("緊急閲覧の記録", "Record of an emergency opening"),
    Text("公表用集計の閲覧", "Readings of figures"),
)  # fmt: skip

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


@pages.page(FIGURES, RELEASED, roles=OVERSEERS, calls=(RELEASES, LEDGER), menu=True)
async def released(visit: Visit) -> Response:
    return visit.show(
        "care_released.html", releases=await visit.every(RELEASES, sort="-fiscal_year"),
        readings=await visit.read(LEDGER, sort="-read_at", limit=SHOWN, cursor=visit.query.get("cursor")),
    )  # fmt: skip

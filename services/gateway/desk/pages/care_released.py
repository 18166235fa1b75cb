"""Which years of counselling are released, and who has read their figures."""

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_glass import OVERSEERS
from services.gateway.desk.visit import Visit
from services.kit.text import Text

RELEASES, LEDGER = "care_figure_releases_list", "care_release_readings_list"
FIGURES = "/desk/released-figures"
SHOWN = 100
RELEASED = Text("公表用集計の閲覧", "Readings of figures")

pages = Pages()


@pages.page(FIGURES, RELEASED, roles=OVERSEERS, calls=(RELEASES, LEDGER), menu=True)
async def released(visit: Visit) -> Response:
    return visit.show(
        "care_released.html", releases=await visit.every(RELEASES, sort="-fiscal_year"),
        readings=await visit.read(LEDGER, sort="-read_at", limit=SHOWN, cursor=visit.query.get("cursor")),
    )  # fmt: skip

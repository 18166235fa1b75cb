"""The roster (名簿), as of any day and as known on any day, and as a file."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.uploads import SENDERS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

LIST, CLOCK = "jet_roster_list", "identity_clock_read"
ROSTER, SHOWN = "/desk/roster", 50
TITLE = Text("名簿", "The roster")
ASKED = (
    "programme_year", "as_of", "known_at", "job_type", "nationality", "arrival_group", "is_new", "prefecture",
    "host_authority", "organisation", "workplace_municipality", "q",
)  # fmt: skip
FILES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NONE: dict[str, Any] = {"items": [], "next": None, "basis": None, "total": None}

pages = Pages()


async def this_year(visit: Visit) -> int:
    """The fiscal year of business time, which a programme year begins in."""
    year, month, _ = str((await visit.read(CLOCK))["today"]).split("-")
    return int(year) - (int(month) < 4)


async def asked(visit: Visit) -> dict[str, str]:
    """What the address asks of the roster; of this year's where it says nothing."""
    found = {name: visit.query[name] for name in ASKED if name in visit.query}
    return found or {"programme_year": str(await this_year(visit))}


@pages.page(ROSTER, TITLE, roles=SENDERS, calls=(LIST, CLOCK), menu=True)
async def roster(visit: Visit) -> Response:
    kept, rows, problem, status = await asked(visit), NONE, None, 200
    try:
        rows = await visit.read(
            LIST, **kept, sort="jet_number", limit=SHOWN, cursor=visit.query.get("cursor"), include="total"
        )
    except Refused as refused:
        # a day that is none stands in the form again, with what is wrong about it
        problem, status = refused.problem, refused.status
    return visit.show("roster.html", status=status, problem=problem, rows=rows, kept=kept, files=FILES)


def _mount(form: str, accept: str) -> None:
    @pages.page(f"{ROSTER}/{form}", TITLE, roles=SENDERS, calls=(LIST, CLOCK))
    async def download(visit: Visit) -> Response:
        return await visit.file(LIST, accept=accept, **await asked(visit), sort="jet_number")


for _form, _accept in FILES.items():
    _mount(_form, _accept)

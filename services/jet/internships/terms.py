"""Terms that the slices of internships share: fiscal years, and how rows name records."""

from typing import Annotated, Any

from pydantic import Field, StrictInt
from sqlalchemy import Table, Uuid, cast, func

from services.jet.internship_tables import internship_host, internship_programme
from services.jet.references import UNKNOWN_HERE
from services.jet.tables import participant
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Ref
from services.kit.text import Text
from services.kit.wire import Code

FiscalYear = Annotated[StrictInt, Field(ge=1987, le=2200), cells.YEAR]

UNKNOWN_PROGRAMME = Finding(
    "internship_unknown",
    Text("このコードのインターンシップはありません", "No internship programme has this code"),
    Text("インターンシップのコードを確認してください。", "Check the programme's code."),
)
UNKNOWN_HOST = Finding(
    "internship_host_unknown",
    Text("このコードの受入先はありません", "No host has this code"),
    Text("受入先のコードを確認してください。", "Check the host's code."),
)
ProgrammeCode = Code
PROGRAMME = Ref("programme_code", "programme_id", internship_programme, "code", UNKNOWN_PROGRAMME)


def host(field: str, column: str) -> Ref:
    return Ref(field, column, internship_host, "code", UNKNOWN_HOST)


def _oneself(table: Table) -> Any:
    return table.c.id == cast(func.platform.caller("person"), Uuid)


# Whoever is no member of CLAIR writes of nobody but themselves.
ONESELF = Ref("jet_number", "participant_id", participant, "jet_number", UNKNOWN_HERE, _oneself)

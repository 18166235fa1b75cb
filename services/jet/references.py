"""How rows of the JET service name participants and organisations.

A row of another organisation and an unknown JET番号 get the same finding: the second would otherwise tell
that somebody exists.
"""

from typing import Any

from sqlalchemy import Table

from services.jet.participants.resource import opened
from services.jet.tables import participant
from services.kit import directory
from services.kit.directory import visible
from services.kit.findings import Finding
from services.kit.resource import Ref
from services.kit.text import Text

UNKNOWN_HERE = Finding(
    "not_known_here",
    Text(
        "この行の参加者は、この団体では見つかりません",
        "This row's participant is not known at this organisation",
    ),
    Text(
        "JET番号と団体コードを確認してください。正しいときは CLAIR に配置の登録を確認してください。",
        "Check the JET number and the organisation's code. If both are right, ask CLAIR about the placement.",
    ),
)


def _opened(table: Table) -> Any:
    return opened(table.c.id)


def _visible(table: Table) -> Any:
    return visible(table.c.id)


PARTICIPANT = Ref("jet_number", "participant_id", participant, "jet_number", UNKNOWN_HERE, _opened)
ORGANISATION = Ref(
    "organisation_code", "organisation_id", directory.organisation, "code", UNKNOWN_HERE, _visible
)


def municipality(field: str) -> Ref:
    return Ref(
        field, "municipality_id", directory.organisation, "code", directory.UNKNOWN_ORGANISATION,
        meant=directory.did_you_mean,
    )  # fmt: skip

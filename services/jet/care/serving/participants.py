"""Who is meant by an officer: somebody on the copy of the roster by the JET number, anybody by the id."""

from uuid import UUID

from services.jet.care.serving import repository
from services.kit.db.session import WriteSession
from services.kit.errors import INVALID, FieldError
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.wire import Code, Wire

ONE_OF_TWO = Finding(
    "participant_unclear",
    Text("JET番号と参加者IDのどちらか一方が必要です", "Either a JET number or an id is needed, and not both"),
    Text(
        "JET番号だけを入力してください。名簿に載っていない人は、参加者IDだけを入力してください。",
        "Enter the JET number alone; of somebody who is not on the roster, the participant's id alone.",
    ),
)
UNKNOWN_NUMBER = Finding(
    "jet_number_unknown",
    Text("このJET番号の人は見つかりません", "Nobody is found by this JET number"),
    Text(
        "JET番号を確認してください。前日までに名簿に載った人だけが見つかります。",
        "Check the number. Only who was on the roster by yesterday is found.",
    ),
)


class Whose(Wire):
    """One of the two. `jet_number`: of whoever was on the roster by yesterday."""

    participant_id: UUID | None = None
    jet_number: Code | None = None


async def participant_of(session: WriteSession, whose: Whose) -> UUID:
    """Asked of the roster alone: the answer is the same whoever is counselled."""
    if (whose.participant_id is None) == (whose.jet_number is None):
        raise _wrong(ONE_OF_TWO)
    if whose.jet_number is None:
        assert whose.participant_id is not None
        return whose.participant_id
    found = await repository.numbered(session, whose.jet_number)
    if found is None:
        raise _wrong(UNKNOWN_NUMBER)
    return found


def _wrong(finding: Finding) -> Exception:
    return INVALID(FieldError("/jet_number", finding.code, finding.message, finding.remedy))

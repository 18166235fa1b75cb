"""Stories of a case that several tests begin with."""

from typing import Any, NamedTuple
from uuid import UUID

from tests.support.care import OFFICER, Care, done, participant
from tests.support.serving import Caller


class Story(NamedTuple):
    """A participant, who has written; the counsellor of the case; the case."""

    participant: Caller
    counsellor: Caller
    case: UUID

    @property
    def at(self) -> dict[str, Any]:
        return {"ref": self.case}


def written(care: Care, caller: Caller, body: str = "相談です") -> UUID:
    """The case in which a participant's message stands."""
    return UUID(done(care.call("care_messages_create", caller, json={"body": body}))["case_id"])


def assign(care: Care, case: UUID, counsellor: Caller) -> Any:
    assert counsellor.organisation is not None
    code = care.sql(f"SELECT code FROM directory.organisation WHERE id = '{counsellor.organisation}'")[0][
        "code"
    ]
    body = {"counsellor_id": str(counsellor.person), "organisation_code": code}
    return care.call("care_cases_assign", OFFICER, path={"ref": case}, json=body)


def counselled(care: Care, body: str = "相談です") -> Story:
    caller, counsellor = participant(), care.counsellor()
    case = written(care, caller, body)
    done(assign(care, case, counsellor))
    return Story(caller, counsellor, case)


def listed(care: Care, operation: str, caller: Caller, **params: Any) -> list[Any]:
    found: list[Any] = done(care.call(operation, caller, params={"limit": 500} | params))["items"]
    return found


def closed(care: Care, story: Story, outcome: str = "settled") -> Any:
    return done(care.call("care_cases_close", story.counsellor, path=story.at, json={"outcome": outcome}))

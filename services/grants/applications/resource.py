"""Applications (申請) to a round: what an organisation's department drafts, and what became of it."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel, StrictStr
from sqlalchemy import Select, select

from services.grants import access
from services.grants.applications import counting, repository, service
from services.grants.applications.domain import (
    CHANNELS,
    EXISTS,
    EXPIRED,
    FORM_MOVED,
    NO_ENTRY,
    NOT_YOURS,
    SAME_PERSON,
    STATES,
    Channel,
    Standing,
    State,
    why_closed,
)
from services.grants.applications.service import expired
from services.grants.applications.tables import application, correction, handles, leads, within_reach
from services.grants.budget import Budget
from services.grants.form import CellName, Named
from services.grants.tables import form_version, grant_round, own
from services.grants.terms import CountryCodes, FormCode, GrantCode, Number
from services.kit.directory import UNKNOWN_ORGANISATION, organisation
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan.codes import CODE
from services.kit.resource import Action, Basis, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Code, Day, Flag, Instant, Line, Only, Wire, choice

CategoryCode = Annotated[
    StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,29}$", examples=["inbound"]), CODE, Called("category_code")
]


Cells = Annotated[list[Named], Field(max_length=4_000)]


class AnswersOf(RootModel[Annotated[dict[CellName, Any], Field(max_length=400)]]):
    """To the cells of the round's form, by their names."""

    model_config = ConfigDict(
        json_schema_extra={"additionalProperties": False, "examples": [{"title": "架空の交流"}]}
    )


class LeftOver(RootModel[dict[FormCode, AnswersOf]]):
    """What found no place in a later version of the form, by the code of the version that it was typed in."""

    model_config = ConfigDict(
        json_schema_extra={
            "additionalProperties": False,
            "examples": [{"KOKUSAI-2026-F1": {"outline": "架空"}}],
        }
    )


class FormChange(Wire):
    """From the version that somebody last saw to the present one. Names of cells; of a list's columns list/column. `unfit`:
    answered, and the answer no longer fits."""

    from_code: Annotated[str, Called("form_from_code")]
    to_code: Annotated[str, Called("form_to_code")]
    added: Annotated[Cells, Called("form_added")]
    removed: Annotated[Cells, Called("form_removed")]
    changed: Annotated[Cells, Called("form_changed")]
    unfit: Annotated[Cells, Called("form_unfit")]


class ApplicationWrite(Wire):
    """`organisation_code`: the caller's own where it is left out. `project_number`: of a department's projects."""

    round_code: GrantCode
    organisation_code: Code | None = None
    department: Annotated[Line, Called("applying_department")]
    project_number: Annotated[Number, Called("project_number")] = 1
    category_code: CategoryCode | None = None
    title: Annotated[Line, Called("project_title")]
    joint: Flag = False
    country_codes: CountryCodes = Field(default_factory=list)
    channel: Annotated[Channel, choice("application_channel", CHANNELS), Called("application_channel")] = (
        "online"
    )
    answers: AnswersOf = AnswersOf({})
    budget: Budget = Budget()


class Application(Wire):
    id: UUID
    round_code: str
    organisation_code: str
    organisation_name: str
    department: Annotated[str, Called("applying_department")]
    project_number: Annotated[int, Called("project_number")]
    category_code: Annotated[str | None, Called("category_code")]
    title: Annotated[str, Called("project_title")]
    joint: Flag
    country_codes: CountryCodes
    channel: Annotated[Channel, choice("application_channel", CHANNELS), Called("application_channel")]
    form_code: str | None
    answers: AnswersOf
    left_over: LeftOver
    form_change: FormChange | None
    budget: Budget
    state: Annotated[State, choice("grant_application_state", STATES)]
    closes_at: Annotated[Instant, Called("application_closes_at")]
    extension_reason: str | None
    correction_due_at: Instant | None
    accepted_on: Day | None
    ended_reason: str | None
    selected_yen: int | None
    rank: Annotated[int | None, Called("application_rank"), Only("grant_officer")] = None


def source(_: Basis) -> Select[Any]:
    a, r, o, c = application.c, grant_round.c, organisation.c, correction.c
    due = (
        select(c.due_at).where(c.application_id == a.id).order_by(c.number.desc()).limit(1).scalar_subquery()
    )
    return (
        select(
            a.id, r.code.label("round_code"), o.code.label("organisation_code"), o.name.label("organisation_name"),
            a.department, a.project_number, a.category_code, a.title, a.joint, a.country_codes, a.channel,
            form_version.c.code.label("form_code"), a.answers, a.left_over, a.form_change, a.budget,
            repository.STATE.label("state"), repository.CLOSES.label("closes_at"), a.extension_reason, due.label("correction_due_at"), a.accepted_on,
            a.ended_reason, repository.SELECTED_YEN.label("selected_yen"), a.row_version, repository.NOW.label("now"),
            leads().label("leads"), handles().label("handles"), a.rank,
            repository.PUBLIC_STATE.label("public_state"),
        )
        .join_from(application, grant_round, r.id == a.round_id)
        .join(organisation, o.id == a.organisation_id)
        .join(form_version, form_version.c.id == a.form_version_id, isouter=True)
    )  # fmt: skip


ROUND = Ref(
    "round_code", "round_id", grant_round, "code",
    Finding(
        "round_unknown",
        Text("このコードの募集回はありません", "No round has this code"),
        Text("募集回のコードを確認してください。", "Check the code of the round."),
    ),
    within=lambda one: own(one.c.section, one.c.announced_at.is_not(None)),
)  # fmt: skip
ORGANISATION = Ref("organisation_code", "organisation_id", organisation, "code", UNKNOWN_ORGANISATION)
APPLICANTS = ("organisation", "host_authority")


def _closed(action: str, row: Row) -> Text | None:
    reason = why_closed(
        action,
        Standing(
            row["state"],
            row["closes_at"],
            row["now"],
            row["correction_due_at"],
            row["form_change"] is not None,
        ),
    )
    return expired(row["closes_at"]) if reason is EXPIRED else reason


def _theirs(action: str) -> Callable[[Row], Text | None]:
    return lambda row: _closed(action, row) if row["leads"] else NOT_YOURS.detail


def _enter(row: Row) -> Text | None:
    # what came in time may be entered after it: its arrival is judged
    state = "draft" if row["state"] == "expired" else row["state"]
    return NO_ENTRY if row["channel"] == "online" else _closed("enter", row | {"state": state})


def _acknowledge(row: Row) -> Text | None:
    paper = row["handles"] and row["channel"] != "online"
    # what came on paper in time may be entered after the deadline
    state = "draft" if paper and row["state"] == "expired" else row["state"]
    return _closed("acknowledge", row | {"state": state}) if row["leads"] or paper else NOT_YOURS.detail


def _given_up(action: str) -> Callable[[Row], Text | None]:
    """By what is public: until results are, what was decided closes nothing."""

    def closed(row: Row) -> Text | None:
        writes = row["leads"] or (row["handles"] and row["channel"] != "online")
        return _closed(action, row | {"state": row["public_state"]}) if writes else NOT_YOURS.detail

    return closed


def _action(name: str, noun: str) -> Action:
    return Action(name, f"/grants/v1/applications/{{id}}/{noun}", APPLICANTS, _theirs(name))


def _handled(name: str, noun: str, closed: Callable[[Row], Text | None] | None = None) -> Action:
    href = f"/grants/v1/applications/{{id}}/{noun}"
    return Action(name, href, ("grant_officer",), closed or (lambda row: _closed(name, row)))


applications = Resource(
    service="grants",
    schema="grants",
    name="grant_application",
    plural="applications",
    read=Application,
    write=ApplicationWrite,
    source=source,
    access={
        "list": access.APPLICATIONS,
        "read": access.APPLICATIONS,
        "create": access.WRITES_APPLICATIONS,
        "change": access.WRITES_APPLICATIONS,
    },
    own=within_reach(),
    filters={
        "round_code": equals(grant_round.c.code),
        "organisation_code": by_organisation(application.c.organisation_id),
        "state": equals(repository.STATE, State),
        **counting.FILTERS,
    },
    sorts=("closes_at",),
    parts=(Part(application, ()),),
    refs=(ROUND, ORGANISATION),
    check=service.check,
    fixed=("round_code", "organisation_code", "channel"),
    actions=(
        Action(
            "acknowledge",
            "/grants/v1/applications/{id}/form-change-acknowledgements",
            (*APPLICANTS, "grant_officer"),
            _acknowledge,
        ),
        _action("send", "approval-requests"),
        _action("approve", "approvals"),
        _action("send_back", "returns"),
        _action("submit", "submissions"),
        *(
            Action(
                name,
                f"/grants/v1/applications/{{id}}/{noun}",
                (*APPLICANTS, "grant_officer"),
                _given_up(name),
            )
            for name, noun in (("withdraw", "withdrawals"), ("decline", "declinations"))
        ),
        _handled("enter", "entries", _enter),
        _handled("extend", "extensions"),
        _handled("accept", "acceptances"),
        _handled("request_correction", "corrections"),
        _handled("dismiss", "dismissals"),
    ),
    version="2026.1",
    constraints={
        "application_live": EXISTS,
        "application_two_people": SAME_PERSON,
        "application_form": FORM_MOVED,
    },
)

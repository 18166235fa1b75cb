"""The public list of calls (募集案内), without a key: what is announced and what is open, with the figures of its rules."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, Text, cast, func, select

from services.grants import access
from services.grants.programmes.resource import Kind
from services.grants.rounds.repository import COMING, STATE
from services.grants.rules import ApplicantKind
from services.grants.tables import edition, grant_round, programme, rule_version
from services.kit.fields import equals
from services.kit.resource import Basis, Filter, Resource
from services.kit.wire import Called, Day, Instant, Wire, choice

State = Literal["announced", "open"]


class PublicRound(Wire):
    """`rate`: the part of the cost that is paid, as a fraction. `sample`: the figures are not confirmed."""

    code: str
    id: UUID
    name_ja: str
    name_en: str
    kind: Annotated[Kind, choice("grant_kind", get_args(Kind)), Called("grant_kind")]
    fiscal_year: int
    number: Annotated[int, Called("round_number")]
    state: Annotated[State, choice("round_state", get_args(State))]
    opens_at: Annotated[Instant, Called("round_opens_at")]
    closes_at: Annotated[Instant, Called("round_closes_at")]
    publish_at: Instant | None
    projects_from: Day
    projects_to: Day
    work_from_decision: bool
    applicant_kinds: list[ApplicantKind]
    rate: str
    cap_project: int | None
    cap_joint: int | None
    minimum: int | None
    legal_text: str | None
    sample: bool


def _yen(name: str) -> ColumnElement[int]:
    return cast(rule_version.c.rules[name].astext, BigInteger)


def source(_: Basis) -> Select[Any]:
    r, e, p, v = grant_round.c, edition.c, programme.c, rule_version.c
    rate = v.rules["rate"]
    kinds = func.jsonb_array_elements_text(v.rules["applicants"]["kinds"]).column_valued("admitted")
    return (
        select(
            r.id, r.code, e.name_ja, e.name_en, p.kind, r.fiscal_year, r.number, STATE.label("state"), r.opens_at,
            r.closes_at, r.publish_at, r.projects_from, r.projects_to, r.work_from_decision,
            func.array(select(cast(kinds, Text)).scalar_subquery()).label("applicant_kinds"),
            func.concat(rate["numerator"].astext, "/", rate["denominator"].astext).label("rate"),
            _yen("cap_project").label("cap_project"),
            _yen("cap_joint").label("cap_joint"),
            _yen("minimum").label("minimum"), p.legal_text, v.sample.label("sample"),
            r.row_version,
        )
        .join_from(grant_round, edition, e.id == r.edition_id)
        .join(programme, p.id == r.programme_id)
        .join(rule_version, v.id == r.rule_version_id)
        .where(COMING)
    )  # fmt: skip


public_rounds = Resource(
    service="grants",
    schema="grants",
    name="public_round",
    plural="public/rounds",
    read=PublicRound,
    source=source,
    access={"list": access.ANNOUNCED},
    filters={
        "kind": equals(programme.c.kind, Kind),
        "fiscal_year": equals(grant_round.c.fiscal_year, int),
        "state": equals(STATE, State),
        "applicant_kind": Filter(
            ApplicantKind, lambda given: rule_version.c.rules["applicants"]["kinds"].has_key(given)
        ),
    },
    sorts=("closes_at", "code"),
)

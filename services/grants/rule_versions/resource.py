"""Versions of the rules (要綱の版) of an edition, numbered by the database. They are written one by one, and never in bulk:
a document of nested parts is no row of a table."""

from typing import Annotated, Any, Literal
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.rule_versions import service
from services.grants.rule_versions.domain import FROZEN, RULE_VERSION
from services.grants.rules import Rules
from services.grants.tables import announced, edition, grant_round, own, rule_version
from services.grants.terms import EDITION, GrantCode
from services.grants.versions import STATES, state
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Filter, Part, Resource
from services.kit.wire import Called, Flag, Instant, Only, Wire, choice

State = Literal["draft", "frozen"]


class RuleVersionWrite(Wire):
    """`sample`: figures that CLAIR has not confirmed; every paper made by them says so."""

    edition_code: GrantCode
    rules: Rules
    sample: Flag = False


class RuleVersion(RuleVersionWrite):
    id: UUID
    code: Annotated[str, Called("rules_code")]
    number: Annotated[int, Called("version_number")]
    state: Annotated[State, choice("rule_version_state", STATES)]
    frozen_at: Instant | None
    frozen_by: Annotated[UUID | None, Only("grant_officer", "service")] = None


def source(_: Basis) -> Select[Any]:
    v, e = rule_version.c, edition.c
    return select(
        v.id, e.code.label("edition_code"), v.code, v.number, v.rules, v.sample,
        state(rule_version).label("state"), v.frozen_at, v.frozen_by, v.row_version,
    ).join_from(rule_version, edition, e.id == v.edition_id)  # fmt: skip


rule_versions = Resource(
    service="grants",
    schema="grants",
    name="rule_version",
    plural="rule-versions",
    read=RuleVersion,
    write=RuleVersionWrite,
    source=source,
    access={verb: rule for verb, rule in access.KEPT_BY_SECTIONS.items() if verb != "import"},
    own=own(rule_version.c.section, announced(grant_round.c.rule_version_id == rule_version.c.id)),
    filters={
        "edition_code": equals(edition.c.code),
        "fiscal_year": equals(edition.c.fiscal_year, int),
        "state": equals(state(rule_version), State),
        "sample": Filter(bool, lambda given: rule_version.c.sample == given),
    },
    sorts=("code",),
    code="code",
    parts=(Part(rule_version, ()),),
    refs=(EDITION,),
    check=service.check,
    fixed=("edition_code",),
    actions=(
        Action(
            "freeze", "/grants/v1/rule-versions/{id}/freezes", ("grant_officer",),
            lambda row: RULE_VERSION.why_closed("freeze", row["state"]),
        ),
    ),
    version="2026.1",
    constraints={"rule_version_frozen": Refusal(FROZEN.code, "conflict", FROZEN.message, FROZEN.remedy)},
)  # fmt: skip

"""What organisations are to each other: dated roles, hierarchy, successors, and their departments.

Departments make the organisation chart (機構図): each below another or on top, at headquarters or at an overseas office.

Several roles at once are the rule. A designated city is its own host authority, not under its prefecture. Roles,
hierarchy, successors and departments are facts with knowledge time.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Date, Select, Text, Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import DATERANGE

from services.gateway.registry import access
from services.gateway.registry.references import to_office, to_organisation
from services.gateway.registry.tables import (
    department,
    department_known,
    hierarchy,
    hierarchy_known,
    organisation,
    organisation_role,
    organisation_role_known,
    successor,
    successor_known,
)
from services.kit import temporal
from services.kit.errors import Refusal
from services.kit.fields import equals, holds_on
from services.kit.fields import organisation as by_organisation
from services.kit.japan import cells
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.resource import Basis, Part, Resource
from services.kit.temporal import facts, of_fact
from services.kit.text import Text as Said
from services.kit.wire import Code, Day, Name, Wire, choice

OrganisationCode = Annotated[Code, ORGANISATION_CODE]
Role = Literal[
    "host_authority",
    "contracting_organisation",
    "applicant",
    "secondment_home",
    "branch",
    "exhibitor",
    "host_company",
]
# 合併 (廃置分合 in which several become one), 改称 or a new code for the same body, 分割
Succession = Literal["merged", "renamed", "split"]

_DATES = Said("有効開始日と有効終了日を確認してください。", "Check the first and the last day.")
SAME_ROLE = Refusal(
    "organisation_role_overlap",
    "conflict",
    Said("同じ役割の期間が重なっています", "The term overlaps another of the same role"),
    _DATES,
)
ONE_HOST = Refusal(
    "hierarchy_overlap",
    "conflict",
    Said("取りまとめ団体は同時に1つだけです", "An organisation has one host authority at a time"),
    _DATES,
)

UNKNOWN_UPPER = Refusal(
    "upper_department_unknown",
    "conflict",
    Said("上位の部署が、この団体に登録されていません", "The organisation has no such department above"),
    Said(
        "上位の部署を先に登録してください。部署自身のコードは入力できません。",
        "Enter the department above first. It is another than the department itself.",
    ),
)


class OrganisationRoleWrite(Wire):
    organisation_code: OrganisationCode
    role: Annotated[Role, choice("organisation_role", get_args(Role))]
    valid_from: Day | None = None
    valid_to: Day | None = None


class OrganisationRole(OrganisationRoleWrite):
    id: UUID


def _roles(basis: Basis) -> Select[Any]:
    rows, held = facts(basis, organisation_role, organisation_role_known)
    r = rows.c
    return (
        select(
            r.id, organisation.c.code.label("organisation_code"), r.role, r.valid_from, r.valid_to, r.row_version
        )
        .join_from(rows, organisation, organisation.c.id == r.organisation_id)
        .where(*held)
    )  # fmt: skip


organisation_roles = Resource(
    service="directory", schema="identity", name="organisation_role", plural="organisation-roles",
    read=OrganisationRole, write=OrganisationRoleWrite, source=_roles, access=access.OPEN, temporal=True,
    filters={
        "organisation": by_organisation(of_fact("organisation_id", Uuid)),
        "role": equals(of_fact("role", Text), Role),
        "on": holds_on(of_fact("effective", DATERANGE)),
    },
    sorts=("organisation_code",),
    parts=(Part(organisation_role, ("organisation_id", "role", "valid_from")),),
    refs=(to_organisation("organisation_code", "organisation_id"),),
    constraints=temporal.KNOWLEDGE | {"organisation_role_once": SAME_ROLE},
    version="2026.1",
)  # fmt: skip


class HierarchyWrite(Wire):
    member_code: OrganisationCode
    host_code: OrganisationCode
    valid_from: Day | None = None
    valid_to: Day | None = None


class Hierarchy(HierarchyWrite):
    id: UUID


member, host = organisation.alias("member"), organisation.alias("host")


def _hierarchy(basis: Basis) -> Select[Any]:
    rows, held = facts(basis, hierarchy, hierarchy_known)
    h = rows.c
    return (
        select(h.id, member.c.code.label("member_code"), host.c.code.label("host_code"), h.valid_from, h.valid_to, h.row_version)
        .join_from(rows, member, member.c.id == h.member_id)
        .join(host, host.c.id == h.host_id)
        .where(*held)
    )  # fmt: skip


hierarchies = Resource(
    service="directory", schema="identity", name="hierarchy", plural="hierarchies",
    read=Hierarchy, write=HierarchyWrite, source=_hierarchy, access=access.OPEN, temporal=True,
    filters={
        "member": by_organisation(of_fact("member_id", Uuid)),
        "host": by_organisation(of_fact("host_id", Uuid)),
        "on": holds_on(of_fact("effective", DATERANGE)),
    },
    sorts=("member_code",),
    parts=(Part(hierarchy, ("member_id", "valid_from")),),
    refs=(to_organisation("member_code", "member_id"), to_organisation("host_code", "host_id")),
    constraints=temporal.KNOWLEDGE | {"hierarchy_one_host": ONE_HOST},
    version="2026.1",
)  # fmt: skip


class SuccessorWrite(Wire):
    predecessor_code: OrganisationCode
    successor_code: OrganisationCode
    kind: Annotated[Succession, choice("succession", get_args(Succession))]
    effective_on: Day


class Successor(SuccessorWrite):
    id: UUID


before, after = organisation.alias("before"), organisation.alias("after")


def _successors(basis: Basis) -> Select[Any]:
    rows, held = facts(basis, successor, successor_known)
    s = rows.c
    if basis.dated:
        held.append(s.effective_on <= bindparam("as_of", type_=Date()))
    return (
        select(s.id, before.c.code.label("predecessor_code"), after.c.code.label("successor_code"), s.kind, s.effective_on, s.row_version)
        .join_from(rows, before, before.c.id == s.predecessor_id)
        .join(after, after.c.id == s.successor_id)
        .where(*held)
    )  # fmt: skip


successors = Resource(
    service="directory", schema="identity", name="successor", plural="successors",
    read=Successor, write=SuccessorWrite, source=_successors, access=access.OPEN, temporal=True,
    filters={
        "predecessor": by_organisation(of_fact("predecessor_id", Uuid)),
        "successor": by_organisation(of_fact("successor_id", Uuid)),
    },
    sorts=("predecessor_code",),
    parts=(Part(successor, ("predecessor_id", "successor_id")),),
    refs=(to_organisation("predecessor_code", "predecessor_id"), to_organisation("successor_code", "successor_id")),
    constraints=temporal.KNOWLEDGE,
    version="2026.1",
)  # fmt: skip


class DepartmentWrite(Wire):
    organisation_code: OrganisationCode
    code: Code
    name: Name
    name_en: Name | None = None
    upper_code: Code | None = None
    office_code: Code | None = None
    chart_order: Annotated[Annotated[StrictInt, Field(ge=1, le=999)] | None, cells.INTEGER] = None
    valid_from: Day | None = None
    valid_to: Day | None = None


class Department(DepartmentWrite):
    id: UUID


def _departments(basis: Basis) -> Select[Any]:
    rows, held = facts(basis, department, department_known)
    d = rows.c
    return (
        select(
            d.id, organisation.c.code.label("organisation_code"), d.code, d.name, d.name_en, d.upper_code, d.office_code,
            d.chart_order, d.valid_from, d.valid_to, d.row_version,
        )
        .join_from(rows, organisation, organisation.c.id == d.organisation_id)
        .where(*held)
    )  # fmt: skip


departments = Resource(
    service="directory", schema="identity", name="department", plural="departments",
    read=Department, write=DepartmentWrite, source=_departments, access=access.OPEN, temporal=True,
    filters={
        "organisation": by_organisation(of_fact("organisation_id", Uuid)),
        "code": equals(of_fact("code", Text)),
        "on": holds_on(of_fact("effective", DATERANGE)),
    },
    sorts=("code",),
    parts=(Part(department, ("organisation_id", "code")),),
    refs=(to_organisation("organisation_code", "organisation_id"), to_office()),
    fixed=("organisation_code", "code"),
    constraints=temporal.KNOWLEDGE
    | {"department_upper_code_fkey": UNKNOWN_UPPER, "department_below_another": UNKNOWN_UPPER},
    version="2026.2",
)  # fmt: skip

RESOURCES = (organisation_roles, hierarchies, successors, departments)

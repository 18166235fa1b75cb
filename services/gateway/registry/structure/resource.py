"""What organisations are to each other: dated roles, hierarchy, successors, and their departments.

Several roles at once are the rule. A designated city is its own host authority, not under its prefecture.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.gateway.registry import access
from services.gateway.registry.references import to_organisation
from services.gateway.registry.tables import department, hierarchy, organisation, organisation_role, successor
from services.kit.fields import equals, holds_on
from services.kit.fields import organisation as by_organisation
from services.kit.japan.codes import ORGANISATION_CODE
from services.kit.resource import Basis, Part, Resource
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
Succession = Literal["merged", "renamed", "split"]


class OrganisationRoleWrite(Wire):
    organisation_code: OrganisationCode
    role: Annotated[Role, choice("organisation_role", get_args(Role))]
    valid_from: Day | None = None
    valid_to: Day | None = None


class OrganisationRole(OrganisationRoleWrite):
    id: UUID


def _roles(_: Basis) -> Select[Any]:
    r = organisation_role.c
    return select(
        r.id, organisation.c.code.label("organisation_code"), r.role, r.valid_from, r.valid_to, r.row_version
    ).join_from(organisation_role, organisation, organisation.c.id == r.organisation_id)


organisation_roles = Resource(
    service="directory", schema="identity", name="organisation_role", plural="organisation-roles",
    read=OrganisationRole, write=OrganisationRoleWrite, source=_roles, access=access.OPEN,
    filters={
        "organisation": by_organisation(organisation_role.c.organisation_id),
        "role": equals(organisation_role.c.role, Role),
        "on": holds_on(organisation_role.c.effective),
    },
    sorts=("organisation_code",),
    parts=(Part(organisation_role, ("organisation_id", "role", "valid_from")),),
    refs=(to_organisation("organisation_code", "organisation_id"),),
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


def _hierarchy(_: Basis) -> Select[Any]:
    h = hierarchy.c
    return (
        select(h.id, member.c.code.label("member_code"), host.c.code.label("host_code"), h.valid_from, h.valid_to, h.row_version)
        .join_from(hierarchy, member, member.c.id == h.member_id)
        .join(host, host.c.id == h.host_id)
    )  # fmt: skip


hierarchies = Resource(
    service="directory", schema="identity", name="hierarchy", plural="hierarchies",
    read=Hierarchy, write=HierarchyWrite, source=_hierarchy, access=access.OPEN,
    filters={
        "member": by_organisation(hierarchy.c.member_id),
        "host": by_organisation(hierarchy.c.host_id),
        "on": holds_on(hierarchy.c.effective),
    },
    sorts=("member_code",),
    parts=(Part(hierarchy, ("member_id", "valid_from")),),
    refs=(to_organisation("member_code", "member_id"), to_organisation("host_code", "host_id")),
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


def _successors(_: Basis) -> Select[Any]:
    s = successor.c
    return (
        select(s.id, before.c.code.label("predecessor_code"), after.c.code.label("successor_code"), s.kind, s.effective_on, s.row_version)
        .join_from(successor, before, before.c.id == s.predecessor_id)
        .join(after, after.c.id == s.successor_id)
    )  # fmt: skip


successors = Resource(
    service="directory", schema="identity", name="successor", plural="successors",
    read=Successor, write=SuccessorWrite, source=_successors, access=access.OPEN,
    filters={"predecessor": by_organisation(successor.c.predecessor_id), "successor": by_organisation(successor.c.successor_id)},
    sorts=("predecessor_code",),
    parts=(Part(successor, ("predecessor_id", "successor_id")),),
    refs=(to_organisation("predecessor_code", "predecessor_id"), to_organisation("successor_code", "successor_id")),
    version="2026.1",
)  # fmt: skip


class DepartmentWrite(Wire):
    organisation_code: OrganisationCode
    code: Code
    name: Name
    name_en: Name | None = None


class Department(DepartmentWrite):
    id: UUID


def _departments(_: Basis) -> Select[Any]:
    d = department.c
    return select(
        d.id, organisation.c.code.label("organisation_code"), d.code, d.name, d.name_en, d.row_version
    ).join_from(department, organisation, organisation.c.id == d.organisation_id)


departments = Resource(
    service="directory", schema="identity", name="department", plural="departments",
    read=Department, write=DepartmentWrite, source=_departments, access=access.OPEN,
    filters={"organisation": by_organisation(department.c.organisation_id)},
    sorts=("code",),
    parts=(Part(department, ("organisation_id", "code")),),
    refs=(to_organisation("organisation_code", "organisation_id"),),
    version="2026.1",
)  # fmt: skip

RESOURCES = (organisation_roles, hierarchies, successors, departments)

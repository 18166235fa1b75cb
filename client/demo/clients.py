"""The demo's clients, one for each role, and the people that they stand for; all invented."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.api import Api
from client.credentials import (
    ActingFor,
    Credentials,
    Secret,
    SigningKey,
    load_key,
    new_key,
    public_part,
    save_key,
)
from client.demo.cast import COMPANIES
from client.demo.members import client_id
from client.problem import Problem

FIGURES = ("directory:read", "jet.statistics:read")
SERVING = (
    *FIGURES,
    "changes:read",
    "directory.person:read",
    "directory.post:write",
    "imports:write",
    "jet.answer:read",
    "jet.appointment:read",
    "jet.appointment:write",
    "jet.enrolment:read",
    "jet.enrolment:write",
    "jet.headcount:read",
    "jet.participant:read",
    "jet.request:read",
    "jet.request:write",
    "jet.roster:read",
    "jet.training:read",
)
GATHERING = (*SERVING, "jet.headcount:write", "jet.request:decide")
PROGRAMME = (
    *GATHERING,
    "jet.alumni:read",
    "jet.alumni:write",
    "jet.answer:write",
    "jet.career:read",
    "jet.career:write",
    "jet.participant:write",
    "jet.support:read",
    "jet.support:write",
    "jet.survey:write",
    "jet.termination:read",
    "jet.termination:write",
    "jet.training:write",
    "support:read",
)
AUDIT = ("audit:read", "directory:read", "support:read")
HIMSELF = (
    *("directory:read", "jet.alumni:read", "jet.alumni:write", "jet.answer:read", "jet.answer:write"),
    *(
        "jet.appointment:read",
        "jet.career:read",
        "jet.career:write",
        "jet.enrolment:read",
        "jet.enrolment:write",
    ),
    *("jet.participant:read", "jet.reading:read", "jet.request:read", "jet.training:read"),
    *("care.booking:read", "care.booking:write", "care.claim:read", "care.claim:write", "care.message:read"),
    *("care.message:write", "care.slot:read"),
)
EXHIBITING = ("directory:read", "jet.candidate:read", "jet.career:read", "jet.career:write")
COUNSELLING = (
    *("care.booking:read", "care.case:read", "care.message:read", "care.message:write", "care.return:read"),
    *("care.return:write", "care.slot:read", "care.slot:write", "care.claim:read", "care.claim:decide"),
    "care.figures:read",
)
GRANTING = (
    *("grants.programme:read", "grants.programme:write", "grants.budget:read", "grants.budget:write"),
    *("grants.application:read", "grants.application:write", "grants.statistics:read"),
)
OFFICES = (
    *("events.event:read", "events.event:write", "events.log:read", "events.log:write"),
    *("events.registration:read", "events.registration:write", "events.statistics:read"),
)
# what a tool needs that acts for anybody
SERVING_ALL = (*PROGRAMME, "jet.candidate:read", *COUNSELLING, *GRANTING, *OFFICES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A client to be registered. One with `keyed` signs, any other gets a secret."""

    client_id: str
    name: str
    role: str
    scopes: tuple[str, ...]
    organisation: str | None = None
    acts_for_people: bool = False
    keyed: bool = False

    @property
    def key_file(self) -> str:
        return f"{self.client_id}.jwk"


def wanted(city: str, host: str, neighbour: str, gathers: str) -> dict[str, Wanted]:
    """By the name that var/demo.json knows them by; `neighbour` is a second organisation of the same kind, `gathers`
    the host authority whose members' survey is told."""
    return {
        "coordinator": Wanted("demo-coordinator", "CLAIR JET担当 Coordinators", "coordinator", PROGRAMME),
        "organisation": Wanted(
            "demo-city", "任用団体 Contracting organisation", "organisation", SERVING, city
        ),
        "neighbour": Wanted("demo-neighbour", "別の任用団体 Another one", "organisation", SERVING, neighbour),
        "host_authority": Wanted(
            "demo-host", "取りまとめ団体 Host authority", "host_authority", GATHERING, host
        ),
        "gathering": Wanted(
            "demo-gathering", "調査の取りまとめ団体 Gathers the survey", "host_authority", GATHERING, gathers
        ),
        "member": Wanted(
            client_id("organisation", gathers),
            "調査に答える団体 Answers the survey",
            "organisation",
            SERVING,
            gathers,
            keyed=True,
        ),
        "exhibitor": Wanted("demo-exhibitor", "出展企業 Exhibitor", "business", EXHIBITING, COMPANIES[0][0]),
        "ministry": Wanted("demo-ministry", "府省 Ministry", "ministry", FIGURES, keyed=True),
        "auditor": Wanted("demo-auditor", "監査担当 Auditor", "auditor", AUDIT, keyed=True),
        "participant": Wanted(
            "demo-participant",
            "参加者アプリ Participants",
            "participant",
            HIMSELF,
            acts_for_people=True,
            keyed=True,
        ),
        "service": Wanted(
            "demo-tool", "庁内ツール In-house tool", "service", SERVING_ALL, acts_for_people=True, keyed=True
        ),
    }


DIRECTORY_LOADER = Wanted(
    "demo-directory-loader",
    "過去年度の団体の移行 Loader of past organisations",
    "registrar",
    ("directory:read", "directory:write", "history:load", "imports:write"),
)
LOADER = Wanted(
    "demo-loader", "過去年度の移行 Loader of past years", "coordinator", (*PROGRAMME, "history:load")
)


def register(registrar: Api, client: Wanted, keys: Path) -> dict[str, Any]:
    """As var/demo.json describes it. Run again, the client stays and gets a new secret."""
    described = {
        "client_id": client.client_id,
        "role": client.role,
        "scopes": sorted(client.scopes),
        "organisation": client.organisation,
    }
    body = {
        "client_id": client.client_id,
        "name": client.name,
        "role": client.role,
        "organisation_code": client.organisation,
        "scopes": sorted(client.scopes),
        "acts_for_people": client.acts_for_people,
    }
    if not client.keyed:
        _put(registrar, body)
        given = registrar.post(f"/identity/v1/clients/{client.client_id}/secrets?overlap_days=0")
        return described | {"client_secret": given["client_secret"]}
    file = keys / client.key_file
    if not file.exists():
        save_key(new_key(), file)
    _put(registrar, body | {"public_jwk": public_part(load_key(file))})
    return described | {"key_file": str(file)}


def _put(registrar: Api, body: dict[str, Any]) -> None:
    path = f"/identity/v1/clients/{body['client_id']}"
    try:
        version = registrar.request("GET", path).headers["ETag"]
    except Problem as problem:
        if problem.status != 404:
            raise
        registrar.post("/identity/v1/clients", body)
    else:
        registrar.request("PATCH", path, json=body, headers={"If-Match": version})


def credentials(described: dict[str, Any], person: str | None = None) -> Credentials:
    """What a client described in var/demo.json is known by; with `person`, acting for them."""
    client_id: str = described["client_id"]
    if "client_secret" in described:
        return Secret(client_id, described["client_secret"])
    key = load_key(Path(described["key_file"]))
    return ActingFor(client_id, key, person) if person else SigningKey(client_id, key)

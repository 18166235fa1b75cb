"""Organisations with their officers, and the people who change them."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.gateway.registry.own import Own
from tests.support.serving import Caller

PERSON = uuid4()  # somebody behind the tool; who, the directory is not asked


def organisation(own: Own, **more: str) -> str:
    """The code of a new one."""
    code = f"T{uuid4().hex[:7].upper()}"
    return str(own.made("organisations", **({"code": code, "name": "架空市", "kind": "city"} | more))["code"])


def identity(own: Own, code: str) -> UUID:
    return UUID(own.call("organisations_read", path={"ref": code}).json()["id"])


def officer(own: Own, code: str, section: str = "jet", kind: str = "officer", **more: str) -> dict[str, Any]:
    """The post of a new one."""
    number = f"P-{uuid4().hex[:8]}"
    named = {"name": "星渡 みどり", "email": f"{number}@town.example"} | more
    own.made("people", number=number, kind=kind, **named)
    post = {"person_number": number, "organisation_code": code, "section": section, "title": "主事"}
    return own.made("posts", **post, department="総務課", phone="087-000-0000", valid_from="2020-04-01")


def by(role: str, own: Own | None = None, code: str = "") -> Caller:
    """A person of the role, with a tool."""
    return Caller(role, f"{role}-tool", identity(own, code) if own is not None else None, PERSON)


def hand_over(own: Own, post: str, caller: Caller, **body: object) -> httpx.Response:
    return own.call("posts_hand_over", caller, path={"ref": post}, json=body)


def terms(own: Own, code: str) -> list[tuple[str, str | None, str | None, str | None]]:
    found = own.listed("posts", organisation=code, limit=500)
    return sorted((one["name"], one["section"], one["valid_from"], one["valid_to"]) for one in found)


def people(own: Own) -> int:
    return int(own.sql("SELECT count(*) FROM directory.person")[0][0])


def found(answer: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    body = answer.json()
    return (
        answer.status_code,
        body["code"],
        [(one["pointer"], one["code"]) for one in body.get("errors", [])],
    )

"""Type a code, get the organisation; and of a code that nobody has, what it may have been meant to be."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from services.gateway.registry import access
from services.gateway.registry.codes import repository
from services.kit.auth.scope import Rule
from services.kit.db.session import ReadSession, Record
from services.kit.errors import PARAMETERS, FieldError
from services.kit.findings import BadValue, Finding
from services.kit.http import json, listing
from services.kit.http.guard import Reading
from services.kit.http.negotiate import choose
from services.kit.http.openapi import problems
from services.kit.japan.code_slips import SLIPS, Slip, candidates, check_digit_finding, readings
from services.kit.japan.codes import parse_code
from services.kit.wire import Wire

RULES: dict[str, Rule] = {"directory_code_lookups_read": access.READ}
CODE_LIST = "local_governments"
OFFERED = 10
# 適格請求書発行事業者の登録番号 of a corporation is T and its 法人番号
_INVOICE = re.compile(r"^T(?=[0-9]{13}$)")


class Said(Wire):
    ja: str
    en: str


class Kin(Wire):
    code: str
    name: str
    succession: str
    effective_on: date


class CodeSource(Wire):
    """The loaded version of the code list that the organisation's code stands in, and what it was taken from."""

    code_list: str
    version: str
    source: str
    source_on: date | None


class CodeFound(Wire):
    """`predecessors` and `successors` follow every merger between, by date."""

    id: UUID
    code: str
    name: str
    name_kana: str | None
    name_en: str | None
    kind: str
    corporate_number: str | None
    valid_from: date | None
    valid_to: date | None
    in_force: bool
    host_code: str | None
    host_name: str | None
    predecessors: list[Kin]
    successors: list[Kin]
    source: CodeSource | None


class CodeProblem(Wire):
    code: str
    message: Said
    remedy: Said


class CodeCandidate(Wire):
    code: str
    name: str
    name_kana: str | None
    kind: str
    corporate_number: str | None
    in_force: bool
    slip: Slip
    reason: Said


class CodeLookup(Wire):
    """`candidates` (at most ten, best first) only where `items` is empty; `problem` is of the code's own digits."""

    items: list[CodeFound]
    problem: CodeProblem | None
    candidates: list[CodeCandidate]


class CodeQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="A local government's code of 5 or 6 digits, full width too, a 法人番号 or an organisation's code."
    )


async def look_up(request: Request, session: Reading, query: Annotated[CodeQuery, Query()]) -> Response:
    choose(request.headers.get("accept", ""), ("json",))
    typed = _typed(query.code)
    found = await repository.find(session, readings(typed))
    finding = None if found else check_digit_finding(typed)
    body = {
        "items": await _items(session, found),
        "problem": None if finding is None else _problem(finding),
        "candidates": [] if found else await _candidates(session, typed),
    }
    return listing.tagged(json.write(body), len(found), request)


def mount_lookups(router: APIRouter) -> dict[str, Rule]:
    (operation,) = RULES
    router.add_api_route(
        "/code-lookups", look_up, methods=["GET"], operation_id=operation,
        summary="Type a code, get the organisation or what may have been meant", tags=["code-lookups"],
        responses={**problems(422), 200: {"model": CodeLookup, "description": "OK"}, 304: {"description": "Not modified"}},
        response_model=None,
    )  # fmt: skip
    return RULES


def _typed(given: str) -> str:
    try:
        code = parse_code("".join(given.split())).value.upper()
    except BadValue as refused:
        finding = refused.finding
        raise PARAMETERS(FieldError("code", finding.code, finding.message, finding.remedy)) from None
    plain = _INVOICE.sub("", code.replace("-", ""))
    return plain if plain.isdigit() else code


async def _items(session: ReadSession, found: Sequence[Record]) -> list[dict[str, Any]]:
    kin = await repository.kin(session, [one["id"] for one in found]) if found else []
    version, codes = repository.shipped(CODE_LIST)
    listed = {one["code"] for one in found} & codes
    of_list = await repository.source(session, CODE_LIST, version) if listed else None
    source = of_list and dict(of_list)
    return [
        _but(one, "matched")
        | {
            side: [
                _but(other, "side", "root")
                for other in kin
                if (other["root"], other["side"]) == (one["id"], side)
            ]
            for side in ("predecessors", "successors")
        }
        | {"source": source if one["code"] in listed else None}
        for one in found
    ]


async def _candidates(session: ReadSession, typed: str) -> list[dict[str, Any]]:
    """Those that exist; of a slip of one kind the organisations of today first."""
    slips = {one.code: one.slip for one in candidates(typed)}
    order = tuple(SLIPS)
    known = sorted(
        await repository.find(session, list(slips)),
        key=lambda one: (order.index(slips[one["matched"]]), not one["in_force"], one["code"]),
    )
    names = ("code", "name", "name_kana", "kind", "corporate_number", "in_force")
    return [
        {name: one[name] for name in names} | {"slip": slip, "reason": SLIPS[slip]._asdict()}
        for one in known[:OFFERED]
        for slip in (slips[one["matched"]],)
    ]


def _problem(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "message": finding.message._asdict(), "remedy": finding.remedy._asdict()}


def _but(record: Record, *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}

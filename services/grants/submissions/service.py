"""An application is submitted: it arrives, its deadline is judged, and what arrived is kept as it was.

Arrival (到達) is the instant of the transaction; of what came by post or over the counter it is what an officer states.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from services.grants.applications import repository as applications
from services.grants.applications.domain import APPLICATION, FORM_CHANGED, NO_ENTRY, Channel, late
from services.grants.applications.judging import Judged, judge, unfit
from services.grants.applications.repository import Dossier, Held
from services.grants.applications.service import moved, of_applicant
from services.grants.computing import computed
from services.grants.documents import service as documents
from services.grants.documents.application import of_snapshot
from services.grants.submissions import repository
from services.grants.submissions.domain import (
    CORRECTION_LATE,
    LATE,
    NOT_MORE,
    STATED_AHEAD,
    TOO_EARLY,
    UNREQUESTED,
    canonical,
    digest,
    unrequested,
)
from services.grants.submissions.repository import Last
from services.kit import audit
from services.kit.db.session import WriteSession, inside
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.imports.store import draw_receipt_number
from services.kit.japan.clock import JST
from services.kit.resource import Change

NAME = "submissions"


async def submit(session: WriteSession, identity: UUID) -> UUID:
    held = await applications.lock(session, identity)
    of_applicant(session, held)
    return await _arrive(session, held, "submit", "online", held.now)


async def enter(session: WriteSession, identity: UUID, channel: Channel, arrived_at: datetime) -> UUID:
    """By staff, of what came otherwise than online: judged by its stated arrival as if it had come so."""
    held = await applications.lock(session, identity)
    if held.channel == "online":
        raise Refused(ACTION_CLOSED, NO_ENTRY)
    if arrived_at > held.now:
        raise INVALID(_at("arrived_at", STATED_AHEAD))
    return await _arrive(session, held, "enter", channel, arrived_at)


async def _arrive(
    session: WriteSession, held: Held, action: str, channel: Channel, arrived_at: datetime
) -> UUID:
    last = await repository.last(session, held.id)
    if APPLICATION.step(action, held.state) is None:
        raise Refused(ACTION_CLOSED, APPLICATION.steps(action)[0].closed)
    if held.form_changed:  # of paper, which nobody sends for approval before
        raise Refused(ACTION_CLOSED, FORM_CHANGED)
    _in_time(held, last, arrived_at)
    dossier = await applications.dossier(await inside(session), held.id)
    found = judge(dossier)
    told = _told(dossier, found) | {
        "number": 1 if last is None else last.number + 1, "channel": channel, "arrived_at": _instant(arrived_at),
    }  # fmt: skip
    if wrong := [*_wrong(dossier, found, last, told)]:
        raise INVALID(*(_at(place, one) for place, one in wrong))
    return await _keep(session, held, action, told, found, arrived_at, dossier["section"])


def _in_time(held: Held, last: Last | None, arrived_at: datetime) -> None:
    if not held.round_stands or arrived_at < held.opens_at:
        raise Refused(ACTION_CLOSED, TOO_EARLY)
    closes_at = held.closes_at if last is None else last.due_at or arrived_at
    if late(arrived_at, closes_at):
        said = {"closes": _said(closes_at), "arrived": _said(arrived_at)}
        raise Refused(ACTION_CLOSED, (LATE if last is None else CORRECTION_LATE).fill(**said))


def _wrong(
    dossier: Dossier, found: Judged, last: Last | None, told: dict[str, Any]
) -> Iterator[tuple[str, Finding]]:
    yield from unfit(dossier, found)
    if last is not None:
        before = from_json(last.snapshot)
        # one that was found unsafe after the correction was asked for is replaced unasked
        documents = [*(last.documents or ()), *dossier["bad_documents"]]
        places = unrequested(before, told, last.fields or (), documents)
        yield from ((place.removeprefix("/"), UNREQUESTED) for place in places)
        if found.budget.requested > last.requested_yen:
            yield "budget/requested", NOT_MORE


async def _keep(
    session: WriteSession, held: Held, action: str, told: dict[str, Any], found: Judged, arrived_at: datetime,
    section: str,
) -> UUID:  # fmt: skip
    receipt = await draw_receipt_number(session, "grants")
    content = canonical(told | {"receipt_number": receipt})
    made = {
        "id": uuid7(), "application_id": held.id, "number": told["number"], "receipt_number": receipt,
        "channel": told["channel"], "arrived_at": arrived_at, "entered_at": held.now,
        "submitted_by": session.scope.human, "requested_yen": found.budget.requested,
        "computed_yen": found.grant.yen if found.grant is not None else 0, "eligible": found.verdict.eligible,
        "snapshot": content.decode(), "sha256": digest(content), "row_version": 1,
    }  # fmt: skip
    await repository.keep(session, made)
    said = {name: made[name] for name in ("number", "receipt_number", "channel", "arrived_at")}
    said["sha256"] = made["sha256"].hex()
    await moved(session, held, action, told=said)
    await audit.publish(session, "grants", NAME, [Change(0, "INSERT", made["id"], None, None)])
    paper = of_snapshot(told, said["sha256"], found.form, found.rules)
    await documents.issue(session, section=section, kind="application", application=held.id, content=paper)
    identity: UUID = made["id"]
    return identity


def _told(dossier: Dossier, found: Judged) -> dict[str, Any]:
    """What of an application arrives; its computed cells, its verdict and its grant besides."""
    named = (
        "round_code", "organisation_code", "organisation_name", "organisation_kind", "department", "project_number",
        "category_code", "title", "joint", "country_codes", "answers", "members", "rules_code", "form_code",
    )  # fmt: skip
    files = [{name: one[name] for name in one if name != "verdict"} for one in dossier["files"]]
    grant = found.grant
    return {name: dossier[name] for name in named} | {
        "application": str(dossier["id"]),
        "budget": found.budget.model_dump(mode="json"),
        "computed": {} if found.form is None else computed(found.form, dossier["answers"]),
        "files": files,
        "eligibility": found.verdict.stored(),
        "grant": {
            "yen": grant.yen if grant is not None else 0,
            "trace": grant.stored() if grant is not None else [],
        },
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(JST).isoformat()


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(JST):%Y-%m-%d %H:%M:%S}"


def _at(place: str, wrong: Finding) -> FieldError:
    return FieldError(f"/{place}", wrong.code, wrong.message, wrong.remedy)

"""A round is given its form's next version, and each draft of it is carried over in the same transaction."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from services.grants.applications.domain import APPLICATION
from services.grants.applications.service import NAME as APPLICATIONS
from services.grants.carrying import carried, difference
from services.grants.form import Form
from services.grants.form_publications import repository
from services.grants.form_publications.repository import Draft, Version
from services.grants.rounds import repository as rounds
from services.grants.rounds.domain import NO_LATER_FORM, ROUND, unpublishable
from services.grants.rounds.service import NAME as ROUNDS
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import INVALID, FieldError
from services.kit.findings import Finding
from services.kit.resource import Change


async def publish(session: WriteSession, round_id: UUID, form_code: str) -> None:
    held = await rounds.lock(session, round_id)
    step = ROUND.take("publish_form", held.state)
    old = await repository.present(session, round_id)
    new = (await repository.named(session, round_id, [form_code])).get(form_code)
    if new is None or old is None:
        raise _refused(NO_LATER_FORM)
    if (wrong := unpublishable(old.number, new.number, new.frozen)) is not None:
        raise _refused(wrong)
    await _carry(session, round_id, old, new)
    await rounds.give_form(session, round_id, new.id)
    await audit.entry(
        session, "grants", "publish_form", ROUNDS, round_id, states=(held.state, step.after),
        before={"form_code": old.code}, after={"form_code": new.code},
    )  # fmt: skip
    await audit.publish(session, "grants", ROUNDS, [Change(0, "UPDATE", round_id, None, None)])


async def _carry(session: WriteSession, round_id: UUID, old: Version, new: Version) -> None:
    drafts = await repository.drafts(session, round_id)
    # of a change that nobody has looked at the difference is told from where they last looked
    seen = {one.form_change["from_code"] for one in drafts if one.form_change}
    versions = await repository.named(session, round_id, seen)
    rows = await asyncio.to_thread(_rows, drafts, old, new, versions)
    await repository.carry(session, new.id, rows)
    told = [
        audit.Entry(one.id, {"form_code": new.code, "left_over": row["left_over"]}, (one.state, row["state"]))
        for one, row in zip(drafts, rows, strict=True)
    ]
    await audit.entries(session, "grants", "carry", APPLICATIONS, told)
    changes = [Change(number, "UPDATE", one.id, None, None) for number, one in enumerate(drafts)]
    await audit.publish(session, "grants", APPLICATIONS, changes)


def _rows(
    drafts: Sequence[Draft], old: Version, new: Version, versions: dict[str, Version]
) -> list[dict[str, Any]]:
    forms = {one.code: Form.model_validate(one.form_schema) for one in (old, new, *versions.values())}
    rows = []
    for draft in drafts:
        found = carried(forms[old.code], forms[new.code], draft.answers)
        before = draft.form_change or {"from_code": old.code, "unfit": []}
        told = asdict(
            difference(
                forms[before["from_code"]], forms[new.code], [*before["unfit"], *found.difference.unfit]
            )
        )
        codes = {"from_code": before["from_code"], "to_code": new.code}
        rows.append({
            "id": draft.id, "state": APPLICATION.take("carry", draft.state).after, "answers": found.answers,
            "left_over": {old.code: found.left_over}, "form_change": codes | told if any(told.values()) else None,
        })  # fmt: skip
    return rows


def _refused(wrong: Finding) -> Exception:
    return INVALID(FieldError("/form_code", wrong.code, wrong.message, wrong.remedy))

"""What a version of rules is checked for, and how it is frozen."""

from uuid import UUID

from services.grants import versions
from services.grants.references import take_over
from services.grants.rule_versions.domain import FROZEN, RULE_VERSION
from services.grants.rules import Rules, contradictions
from services.grants.tables import rule_version
from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.resource import Row


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_over(session, rows)
    frozen = await versions.frozen(session, rule_version, {row["id"] for row in rows if "id" in row})
    return {
        row["_row"]: [("rules", FROZEN)]
        if row.get("id") in frozen
        else [
            (f"rules/{place}", wrong) for place, wrong in contradictions(Rules.model_validate(row["rules"]))
        ]
        for row in rows
    }


async def freeze(session: WriteSession, identity: UUID) -> None:
    await versions.freeze(session, rule_version, "rule-versions", RULE_VERSION, identity)

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
    named = {row["id"] for row in rows if "id" in row}
    frozen = await versions.frozen(session, rule_version, named, "rules", "sample")
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        wrong = contradictions(Rules.model_validate(row["rules"]))
        found[row["_row"]] = [(f"rules/{place}", one) for place, one in wrong]
        if "id" in row and frozen.get(row["id"], stated := (row["rules"], row["sample"])) != stated:
            found[row["_row"]].append(("rules", FROZEN))
    return found


async def freeze(session: WriteSession, identity: UUID) -> None:
    await versions.freeze(session, rule_version, "rule-versions", RULE_VERSION, identity)

"""What a version of rules is checked for, and how it is frozen."""

from uuid import UUID

from services.grants.references import take_over
from services.grants.rule_versions import repository
from services.grants.rule_versions.domain import FROZEN, RULE_VERSION
from services.grants.rules import Rules, contradictions
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import PERSON_REQUIRED
from services.kit.findings import Finding
from services.kit.resource import Change, Row

NAME = "rule-versions"


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_over(session, rows)
    frozen = await repository.frozen(session, {row["id"] for row in rows if "id" in row})
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        wrong = contradictions(Rules.model_validate(row["rules"]))
        found[row["_row"]] = [(f"rules/{place}", one) for place, one in wrong]
        if "id" in row and frozen.get(row["id"], stated := (row["rules"], row["sample"])) != stated:
            found[row["_row"]].append(("rules", FROZEN))
    return found


async def freeze(session: WriteSession, identity: UUID) -> None:
    person = session.scope.principal.person
    if person is None:
        raise PERSON_REQUIRED()
    state = await repository.lock(session, identity)
    step = RULE_VERSION.take("freeze", state)
    await repository.freeze(session, identity, person)
    await audit.entry(session, "grants", "freeze", NAME, identity, states=(state, step.after))
    await audit.publish(session, "grants", NAME, [Change(0, "UPDATE", identity, None, None)])

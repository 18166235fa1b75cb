"""From which caps of a year an application takes what it gets."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.grants.applications.judging import kind_of
from services.grants.ledger.domain import CapKey
from services.grants.rules import ApplicantKind, Rules


class Party(NamedTuple):
    organisation: UUID
    kind: ApplicantKind | None


class Bid(NamedTuple):
    application: UUID
    lead: Party
    members: tuple[Party, ...]
    joint: bool


def bid_of(
    application: UUID, lead: UUID, kind: str, members: Sequence[tuple[str, str]], *, joint: bool
) -> Bid:
    """Kinds as the directory has them."""
    joined = tuple(Party(UUID(one), kind_of(named)) for one, named in members)
    return Bid(application, Party(lead, kind_of(kind)), joined, joint)


def caps(rules: Rules, edition: UUID, bid: Bid) -> dict[CapKey, int]:
    """The caps that a bid takes its amount from, with their limits: of a joint one its own, and those of all parties
    where the rules say so."""
    parties = (bid.lead, *bid.members) if bid.joint else (bid.lead,)
    if bid.joint and not rules.joint_uses_member_caps:
        parties = ()
    made = {
        CapKey(edition, "organisation", one.organisation): limit
        for one in parties
        if one.kind is not None and (limit := rules.cap_of(one.kind)) is not None
    }
    if bid.joint and rules.cap_joint is not None:
        made[CapKey(edition, "joint", bid.application)] = rules.cap_joint
    return made

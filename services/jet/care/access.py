"""Rows of the access matrix of counselling. Each is hidden: whoever it does not name finds no such path."""

from services.kit.auth.scope import Reach, Rule


def hidden(scope: str, roles: dict[str, Reach], *, audited: bool = False, human: bool = False) -> Rule:
    return Rule(f"care.{scope}", roles, audited=audited, human=human, hidden=True)


# Counsellors read their own cases, by pseudonym; CLAIR's officer of counselling reads which are there and whose they are
# to counsel, and nothing of what is said in them.
CASES = hidden("case:read", {"counsellor": "self", "care_officer": "all"})
CASES_WRITE = hidden("case:write", {"counsellor": "self"}, human=True)
ASSIGNS = hidden("case:write", {"care_officer": "all"}, human=True)
WALLS = hidden("wall:read", {"care_officer": "all"}, audited=True)
WALLS_WRITE = hidden("wall:write", {"care_officer": "all"}, human=True)
# A claim for a clinic's bill is its participant's, and of an officer of counselling whom no wall parts from that person.
CLAIMS = hidden("claim:read", {"participant": "self", "care_officer": "all"})
CLAIM_CONTENT = hidden("claim:read", {"participant": "self", "care_officer": "all"}, human=True)
CLAIM_TERMS = hidden("claim:read", {"participant": "all", "care_officer": "all"})
ALLOWANCES = hidden("claim:read", {"participant": "self"})
PAYMENTS = hidden("claim:read", {"care_officer": "all"})
PAYMENT_FILE = hidden("claim:decide", {"care_officer": "all"}, human=True)
CLAIMS_OWN = hidden("claim:write", {"participant": "self"}, human=True)
DECIDES_CLAIMS = hidden("claim:decide", {"care_officer": "all"}, human=True)
TERMS_WRITE = hidden("claim:decide", {"care_officer": "all"})

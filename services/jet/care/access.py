"""Rows of the access matrix of counselling. Each is hidden: whoever it does not name finds no such path."""

from services.kit.auth.scope import Reach, Rule


def hidden(scope: str, roles: dict[str, Reach], *, audited: bool = False, human: bool = False) -> Rule:
    return Rule(f"care.{scope}", roles, audited=audited, human=human, hidden=True)


# Counsellors read their own cases, by pseudonym; CLAIR's officer of counselling reads which are there and whose they are
# to counsel, and nothing of what is said in them.
CASES = hidden("case:read", {"counsellor": "self", "care_officer": "all"})
CASES_WRITE = hidden("case:write", {"counsellor": "self"}, human=True)
ASSIGNS = hidden("case:write", {"care_officer": "all"}, human=True)
# A counsellor who could would learn who is counselled by another.
OPENS = ASSIGNS
WALLS = hidden("wall:read", {"care_officer": "all"}, audited=True)
WALLS_WRITE = hidden("wall:write", {"care_officer": "all"}, human=True)
CLOSES = hidden("case:write", {"counsellor": "self", "care_officer": "all"}, human=True)
# What is said is its participant's and its counsellor's; each reading of it is noted, of a participant without the name.
MESSAGES = hidden("message:read", {"participant": "self", "counsellor": "self"}, audited=True)
SPEAKS = hidden("message:write", {"participant": "self"}, human=True)
ANSWERS = hidden("message:write", {"counsellor": "self"}, human=True)
CONSENTS = hidden("message:write", {"participant": "self", "counsellor": "self"}, human=True)
RECORDS = hidden("case:read", {"counsellor": "self"}, audited=True, human=True)
CHANNELS = hidden("slot:read", {"participant": "all", "counsellor": "all", "care_officer": "all"})
# Breaking the glass: an officer asks, another person decides, and who protects the data sees it all but what was said.
LOG = hidden("glass:read", {"care_officer": "all", "protector": "all"})
BREAKS = hidden("glass:write", {"care_officer": "all"}, human=True)
DECIDES_GLASS = hidden("glass:write", {"care_officer": "all", "protector": "all"}, human=True)
LOOKS = hidden("glass:read", {"care_officer": "all"}, audited=True, human=True)
# Participants see which slots are free for them, and their own bookings; counsellors their own slots and the bookings of
# their cases, by pseudonym.
SLOTS = hidden("slot:read", {"participant": "self", "counsellor": "self", "care_officer": "all"})
SLOTS_WRITE = hidden("slot:write", {"counsellor": "self"}, human=True)
BOOKINGS = hidden("booking:read", {"participant": "self", "counsellor": "self", "care_officer": "all"})
BOOKS = hidden("booking:write", {"participant": "self"}, human=True)
CANCELS = hidden("booking:write", {"participant": "self", "counsellor": "self"}, human=True)
# To say that a talk was held is to write in its case; of one that went on while the case left its counsellor an officer says it.
RECORDS_BOOKINGS = hidden("case:write", {"counsellor": "self", "care_officer": "all"}, human=True)
OWN_BOOKINGS = hidden("booking:read", {"participant": "self"})
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
# What vendors count: each its own; CLAIR's officer of counselling reads and mends all.
RETURNS = hidden("return:read", {"counsellor": "own", "care_officer": "all"})
RETURNS_WRITE = hidden("return:write", {"counsellor": "own", "care_officer": "all"})
# What is published of a year, and who read it. To release is to close the returns of the year.
FIGURES = hidden("figures:read", {"coordinator": "all", "care_officer": "all", "protector": "all"})
FIGURE_LEDGER = hidden("figures:read", {"care_officer": "all", "protector": "all"})
RELEASES = hidden("return:write", {"care_officer": "all"}, human=True)

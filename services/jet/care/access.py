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
# What vendors count: each its own; CLAIR's officer of counselling reads and mends all.
RETURNS = hidden("return:read", {"counsellor": "own", "care_officer": "all"})
RETURNS_WRITE = hidden("return:write", {"counsellor": "own", "care_officer": "all"})
# What is published of a year, and who read it. To release is to close the returns of the year.
FIGURES = hidden(
    "figures:read", {"coordinator": "all", "ministry": "all", "care_officer": "all", "protector": "all"}
)
FIGURE_LEDGER = hidden("figures:read", {"care_officer": "all", "protector": "all"})
RELEASES = hidden("return:write", {"care_officer": "all"}, human=True)

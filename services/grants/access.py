"""Rows of the access matrix that the grants service's resources share."""

from services.kit.auth.scope import Rule

# An officer reaches the programmes of the sections that they serve in today; whoever may apply, what is announced. Who
# coordinates JET or keeps the directory has no part in it; ministries get figures, and read the public lists.
PROGRAMMES = Rule(
    "grants.programme:read",
    {
        "grant_officer": "own",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
        "participant": "own",
    },
)
SETS_UP = Rule("grants.programme:write", {"grant_officer": "own"})
# To freeze rules, to announce a round, to extend and to cancel it is signed by a person.
SIGNS = Rule("grants.programme:write", {"grant_officer": "own"}, human=True)
KEPT_BY_SECTIONS = {
    "list": PROGRAMMES,
    "read": PROGRAMMES,
    "create": SETS_UP,
    "change": SETS_UP,
    "import": SETS_UP,
}
ANNOUNCED = Rule("", public=True)
# Budget lines and their ledger are the section's alone. To plan, to enter what the Board decided and to move money between
# lines is signed by a person.
BUDGETS = Rule("grants.budget:read", {"grant_officer": "own"})
KEEPS_BUDGETS = Rule("grants.budget:write", {"grant_officer": "own"})
DECIDES_BUDGETS = Rule("grants.budget:write", {"grant_officer": "own"}, human=True)
# An application is its applicant's, to read also those who join it, and the owning section's. A host authority has its own
# alone, and none of its members'.
APPLICATIONS = Rule(
    "grants.application:read", {"grant_officer": "own", "organisation": "own", "host_authority": "own"}
)
WRITES_APPLICATIONS = Rule(
    "grants.application:write", {"grant_officer": "own", "organisation": "own", "host_authority": "own"}
)
# What binds the applicant is done by a person of it; what is done with an application, by an officer of the section.
APPLIES = Rule("grants.application:write", {"organisation": "own", "host_authority": "own"}, human=True)
HANDLES = Rule("grants.application:write", {"grant_officer": "own"}, human=True)
# Panels, reviews and one's own declared relations.
REVIEWS = Rule("grants.application:read", {"grant_officer": "own"})
SETS_UP_PANELS = Rule("grants.application:write", {"grant_officer": "own"})
# Figures of grants: an officer's of the own sections, and for others those of published rounds.
GRANT_FIGURES = Rule("grants.statistics:read", {"grant_officer": "own", "ministry": "all", "service": "all"})
# Of what came on paper, CLAIR's officers write down that it is withdrawn, and look at what a new form has changed, too.
WITHDRAWS = Rule(
    "grants.application:write",
    {"grant_officer": "own", "organisation": "own", "host_authority": "own"},
    human=True,
)

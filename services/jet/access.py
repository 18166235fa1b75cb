"""Rows of the access matrix that the JET service's resources share."""

from services.kit.auth.scope import Rule

PEOPLE = Rule(
    "jet.participant:read",
    {
        "coordinator": "all",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
        "participant": "self",
    },
)
SERVING = Rule(
    "jet.appointment:read",
    {
        "coordinator": "all",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
        "participant": "self",
    },
)
HOSTED = Rule(
    "jet.appointment:read",
    {"coordinator": "all", "service": "all", "organisation": "own", "host_authority": "own"},
)
CLAIR_WRITES = Rule("jet.participant:write", {"coordinator": "all"})
KEPT_BY_CLAIR = {
    "list": PEOPLE,
    "read": PEOPLE,
    "create": CLAIR_WRITES,
    "change": CLAIR_WRITES,
    "import": CLAIR_WRITES,
}
# An organisation writes its own appointments; a host authority does so for its members (代理提出).
HOSTS_WRITE = Rule(
    "jet.appointment:write", {"coordinator": "all", "organisation": "own", "host_authority": "own"}
)
# The reason of a termination is restricted: who read it is logged.
CLAIR_READS = Rule("jet.termination:read", {"coordinator": "all"}, audited=True)
# Whose record it is sees who read it.
OWN_READINGS = Rule("jet.reading:read", {"participant": "self"})
TERMINATES = Rule("jet.termination:write", {"coordinator": "all"})
ROSTER = Rule(
    "jet.roster:read",
    {"coordinator": "all", "service": "all", "organisation": "own", "host_authority": "own"},
)
FIGURES = Rule(
    "jet.statistics:read",
    {
        "coordinator": "all",
        "service": "all",
        "ministry": "all",
        "organisation": "own",
        "host_authority": "own",
    },
)
# The survey of placements: who asks, who answers, who decides.
ASKED = Rule(
    "jet.request:read",
    {
        "coordinator": "all",
        "service": "all",
        "organisation": "all",
        "host_authority": "all",
        "participant": "all",
    },
)
ASKS = Rule("jet.survey:write", {"coordinator": "all"})
REQUESTS = Rule(
    "jet.request:read",
    {"coordinator": "all", "service": "all", "organisation": "own", "host_authority": "own"},
)
# An organisation answers for itself; a host authority does so for its members (代理提出).
REQUESTED = Rule("jet.request:write", {"coordinator": "all", "organisation": "own", "host_authority": "own"})
# To return, to consolidate and to approve is a person's decision.
DECIDES = Rule("jet.request:decide", {"coordinator": "all", "host_authority": "own"}, human=True)
APPROVES = Rule("jet.request:decide", {"coordinator": "all"}, human=True)
ANSWERS = Rule(
    "jet.answer:read",
    {
        "coordinator": "all",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
        "participant": "self",
    },
)
ANSWERED = Rule("jet.answer:write", {"coordinator": "all", "participant": "self"})
ANSWERED_FOR = Rule("jet.answer:write", {"coordinator": "all"})
BOARD = Rule(
    "jet.statistics:read",
    {"coordinator": "all", "service": "all", "organisation": "own", "host_authority": "own"},
)
# Who takes part in training. An organisation sees enrolments that it knows of: those that it nominated, and its own
# people's where the course tells their employer.
ENROLMENTS = Rule(
    "jet.enrolment:read",
    {
        "coordinator": "all",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
        "participant": "self",
    },
)
ENROLS = Rule(
    "jet.enrolment:write",
    {"coordinator": "all", "organisation": "own", "host_authority": "own", "participant": "self"},
)
NOMINATES = Rule(
    "jet.enrolment:write", {"coordinator": "all", "organisation": "own", "host_authority": "own"}
)
# When somebody joined and left a meeting is no employer's to see.
PRESENCES = Rule("jet.enrolment:read", {"coordinator": "all", "service": "all", "participant": "self"})
# Attendance, progress and awards are CLAIR's to tell.
ATTESTS = Rule("jet.training:write", {"coordinator": "all"})
SCHEDULES = Rule(
    "jet.training:read",
    {
        "coordinator": "all",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
        "participant": "self",
    },
)

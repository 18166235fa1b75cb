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
# Training: what is offered is everybody's who takes part in it, CLAIR defines it, notes who was there and awards.
TRAINING = Rule(
    "jet.training:read",
    {
        "coordinator": "all",
        "service": "all",
        "organisation": "all",
        "host_authority": "all",
        "participant": "all",
    },
)
TRAINS = Rule("jet.training:write", {"coordinator": "all"})
DEFINED_BY_CLAIR = {"list": TRAINING, "read": TRAINING, "create": TRAINS, "change": TRAINS, "import": TRAINS}
# Heads without names, of those whom a host authority gathered; its members read what was said of them.
HEADCOUNTS = Rule(
    "jet.headcount:read",
    {"coordinator": "all", "service": "all", "organisation": "own", "host_authority": "own"},
)
HEADCOUNTED = Rule("jet.headcount:write", {"coordinator": "all", "host_authority": "own"})
# Who takes part: an organisation knows of whom it nominated or must be told, everybody of themselves.
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
# Careers, of which fairs are the first: an employer never learns anything of them, so organisations and host authorities have no row.
FAIRS = Rule(
    "jet.career:read", {"coordinator": "all", "service": "all", "participant": "all", "business": "all"}
)
FAIRS_WRITE = Rule("jet.career:write", {"coordinator": "all"})
# Registrations for fairs, applications for internships and what follows from them: whose they are, and CLAIR.
REGISTRATIONS = Rule("jet.career:read", {"coordinator": "all", "service": "all", "participant": "self"})
REGISTERS = Rule("jet.career:write", {"coordinator": "all", "participant": "self"})
# What a company shows of itself and offers: interview slots, places, conditions.
EXHIBITORS_OWN = Rule("jet.career:write", {"coordinator": "all", "business": "own"})
# Meetings, placements and records that a company and a participant have with each other.
MEETINGS = Rule(
    "jet.career:read", {"coordinator": "all", "service": "all", "participant": "self", "business": "own"}
)
MEETS = Rule("jet.career:write", {"coordinator": "all", "participant": "self", "business": "own"})
# Of people, a company reads what they let it see, and each reading is noted.
CANDIDATES = Rule("jet.candidate:read", {"business": "own"}, audited=True)
# Alumni: by their own consent. Chapters are known to all of them.
CHAPTERS = Rule("jet.alumni:read", {"coordinator": "all", "service": "all", "participant": "all"})
ALUMNI = Rule("jet.alumni:read", {"coordinator": "all", "service": "all", "participant": "self"})
ALUMNI_WRITE = Rule("jet.alumni:write", {"coordinator": "all", "participant": "self"})
CHAPTERS_WRITE = Rule("jet.alumni:write", {"coordinator": "all"})
# What CLAIR gave to organisations and chapters: counted, and nobody's record.
SUPPORTS = Rule("jet.support:read", {"coordinator": "all", "service": "all"})
SUPPORTS_WRITE = Rule("jet.support:write", {"coordinator": "all"})
# Figures over all of the programme, which no single organisation's are part of.
PROGRAMME_FIGURES = Rule("jet.statistics:read", {"coordinator": "all", "service": "all", "ministry": "all"})
# Of exhibitors and their slots a company sees its own; participants see whom they can meet.
EXHIBITORS = Rule(
    "jet.career:read", {"coordinator": "all", "service": "all", "participant": "all", "business": "own"}
)
# To show oneself to companies is one's own act alone.
CONSENTS = Rule("jet.career:write", {"participant": "self"}, human=True)
ANSWERS_OFFER = Rule("jet.career:write", {"participant": "self"})
RECORDS_MEETINGS = Rule("jet.career:write", {"coordinator": "all", "business": "own"})
# Runs of an assignment are CLAIR's; to publish who goes where is a person's decision.
CAREERS_OF_CLAIR = Rule("jet.career:read", {"coordinator": "all", "service": "all"})
PUBLISHES = Rule("jet.career:write", {"coordinator": "all"}, human=True)
# Of alumni, figures are CLAIR's alone.
ALUMNI_FIGURES = Rule("jet.statistics:read", {"coordinator": "all", "service": "all"})

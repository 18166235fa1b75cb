"""Rows of the access matrix that the events service's resources share."""

from services.kit.auth.scope import Rule

# Officers read what all offices do, and write for the offices that they serve for today (`tables.mine`); headquarters
# write for all. Who coordinates JET reads along; whoever may register reads what is announced.
EVENTS = Rule(
    "events.event:read",
    {
        "event_officer": "all",
        "coordinator": "all",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
    },
)
EVENTS_OF_CLAIR = Rule("events.event:read", {"event_officer": "all", "coordinator": "all", "service": "all"})
EVENTS_WRITE = Rule("events.event:write", {"event_officer": "own"})
ANNOUNCED = {
    "list": EVENTS,
    "read": EVENTS,
    "create": EVENTS_WRITE,
    "change": EVENTS_WRITE,
    "import": EVENTS_WRITE,
}
OF_CLAIR = ANNOUNCED | {"list": EVENTS_OF_CLAIR, "read": EVENTS_OF_CLAIR}
# What shows names of who goes on a mission.
NAMES_OF_MISSIONS = Rule("events.event:read", {"event_officer": "all"})
# The log of an office, its contacts and its hand-over are the office's own, and headquarters'.
LOG = Rule("events.log:read", {"event_officer": "own"})
LOG_WRITE = Rule("events.log:write", {"event_officer": "own"})
OF_OFFICE = {"list": LOG, "read": LOG, "create": LOG_WRITE, "change": LOG_WRITE, "import": LOG_WRITE}
# To sign a hand-over, and to take it over, is a person's.
SIGNS = Rule("events.log:write", {"event_officer": "own"}, human=True)
REGISTRATIONS = Rule(
    "events.registration:read", {"event_officer": "own", "organisation": "own", "host_authority": "own"}
)
REGISTERS = Rule(
    "events.registration:write", {"event_officer": "own", "organisation": "own", "host_authority": "own"}
)
CHECKS_IN = Rule("events.registration:write", {"event_officer": "own"})
FIGURES = Rule(
    "events.statistics:read",
    {"event_officer": "all", "coordinator": "all", "ministry": "all", "service": "all"},
)
PUBLIC = Rule("", public=True)
# What an office has not read yet is the office's own affair, and headquarters'.
READINGS_DUE = Rule("events.event:read", {"event_officer": "own", "service": "all"})

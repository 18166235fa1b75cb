"""Rows of the access matrix that the registry's resources share."""

from services.kit.auth.scope import Reach, Rule

EVERYONE: dict[str, Reach] = dict.fromkeys(
    (
        "coordinator",
        "registrar",
        "organisation",
        "host_authority",
        "ministry",
        "participant",
        "business",
        "auditor",
        "service",
        "counsellor",
        "care_officer",
        "protector",
        "grant_officer",
        "event_officer",
    ),
    "all",
)
READ = Rule("directory:read", EVERYONE)
WRITE = Rule("directory:write", {"registrar": "all"})
OPEN = {"list": READ, "read": READ, "create": WRITE, "change": WRITE, "import": WRITE}

# People, with their names and addresses, are CLAIR's staff's to read. Who holds which post is also the
# organisation's, for the posts at it.
STAFF = Rule("directory.person:read", {"registrar": "all", "coordinator": "all"})
PEOPLE = {"list": STAFF, "read": STAFF, "create": WRITE, "change": WRITE, "import": WRITE}
SERVING = Rule(
    "directory.person:read",
    {"registrar": "all", "coordinator": "all", "organisation": "own", "host_authority": "own"},
)
POSTS = {"list": SERVING, "read": SERVING, "create": WRITE, "change": WRITE, "import": WRITE}
# Officers follow each other by their own organisation's hand, or CLAIR's: a person's, since whoever comes by a post
# comes by its rights. The database holds the same.
HANDS_OVER = Rule(
    "directory.post:write",
    {"registrar": "all", "coordinator": "all", "organisation": "own", "host_authority": "own"},
    human=True,
)
# Whoever assigns cases knows who counsels, and of other posts nothing. The database holds the same.
COUNSELLORS = Rule("directory:read", {"registrar": "all", "care_officer": "all"})
# Who serves in the house is counted by its officers and its tools: people by their numbers, never by name. The database
# holds the same.
HOUSE = Rule(
    "directory:read",
    dict.fromkeys(("registrar", "coordinator", "event_officer", "grant_officer", "service"), "all"),
)

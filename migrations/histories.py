"""The histories in the order in which they run: one per schema, each owned by one role."""

from services.kit.db.migration import Schema

PLATFORM = Schema("platform", "platform_owner")
DIRECTORY = Schema("directory", "registry_owner", "registry_app")
IDENTITY = Schema("identity", "registry_owner", "registry_app")
JET = Schema("jet", "jet_owner", "jet_app")
CARE = Schema("care", "care_owner", "care_app")
GRANTS = Schema("grants", "grants_owner", "grants_app")
EVENTS = Schema("events", "events_owner", "events_app")

HISTORIES = {schema.name: schema for schema in (PLATFORM, DIRECTORY, IDENTITY, JET, CARE, GRANTS, EVENTS)}
OWNERS = tuple(dict.fromkeys(schema.owner for schema in HISTORIES.values()))
APPLICATIONS = tuple(dict.fromkeys(schema.application for schema in HISTORIES.values() if schema.application))
DOOR = "door_app"

"""The registry's directory side: its resources, their imports and their change feed, figures and code look-ups."""

from services.gateway.registry.clients.keys import CLIENT_KEYS
from services.gateway.registry.clients.resource import CLIENTS
from services.gateway.registry.codes.resource import RESOURCES as CODES
from services.gateway.registry.codes.routes import mount_lookups
from services.gateway.registry.house.statistics import STATISTICS as OF_HOUSE
from services.gateway.registry.organisations.resource import organisations as ORGANISATIONS
from services.gateway.registry.people.changes import officer_changes
from services.gateway.registry.people.counsellors import counsellors
from services.gateway.registry.people.resource import RESOURCES as PEOPLE
from services.gateway.registry.people.routes import mount_hand_overs
from services.gateway.registry.structure.changes import STATISTICS, organisation_changes
from services.gateway.registry.structure.resource import RESOURCES as STRUCTURE
from services.kit.http.figures import mount_statistics
from services.kit.http.slices import assemble

FIGURES = (*STATISTICS, *OF_HOUSE)
RESOURCES = (ORGANISATIONS, *STRUCTURE, organisation_changes, *PEOPLE, officer_changes, counsellors, *CODES)
(router,), RULES, CONSTRAINTS = assemble("directory", "identity", RESOURCES, told=(CLIENTS, CLIENT_KEYS))
RULES |= mount_statistics(router, FIGURES) | mount_lookups(router) | mount_hand_overs(router)

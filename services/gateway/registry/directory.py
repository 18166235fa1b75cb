"""The registry's directory side: its resources, their imports and their change feed."""

from services.gateway.registry.clients.resource import CLIENTS
from services.gateway.registry.codes.resource import RESOURCES as CODES
from services.gateway.registry.organisations.resource import organisations as ORGANISATIONS
from services.gateway.registry.people.resource import RESOURCES as PEOPLE
from services.gateway.registry.structure.resource import RESOURCES as STRUCTURE
from services.kit.http.slices import assemble

RESOURCES = (ORGANISATIONS, *STRUCTURE, *PEOPLE, *CODES)
(router,), RULES, CONSTRAINTS = assemble("directory", "identity", RESOURCES, told=(CLIENTS,))

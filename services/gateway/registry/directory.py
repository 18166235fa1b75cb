"""The registry's directory side: its resources, mounted."""

from services.gateway.registry.codes.resource import RESOURCES as CODES
from services.gateway.registry.organisations.resource import organisations as ORGANISATIONS
from services.gateway.registry.people.resource import RESOURCES as PEOPLE
from services.gateway.registry.structure.resource import RESOURCES as STRUCTURE
from services.kit.auth.scope import Rule
from services.kit.http.mount import mount, router_for

RESOURCES = (ORGANISATIONS, *STRUCTURE, *PEOPLE, *CODES)
router = router_for("directory")
RULES: dict[str, Rule] = {}
for resource in RESOURCES:
    mount(resource, router)
    RULES |= resource.rows()

"""What one running service is: its name, schema, matrix, pools and verifier."""

from dataclasses import dataclass

from services.kit.auth.scope import Rule
from services.kit.auth.tokens import InternalVerifier
from services.kit.db.session import Database
from services.kit.http.cursor import Cursors


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    schema: str
    matrix: dict[str, Rule]
    database: Database
    verifier: InternalVerifier
    cursors: Cursors
    import_bytes: int

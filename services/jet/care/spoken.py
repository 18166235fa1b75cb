"""What the lists of what is said have in common: rows of one's own cases, with the key that opens them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, literal, select

from services.jet.care.tables import care_case, case_key
from services.kit.fields import equals
from services.kit.resource import Filter

# names no channel, no person: the case's own columns that each row has besides
CASE = (care_case.c.pseudonym, case_key.c.wrapped)


def said(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """A case that is shredded has no key, and none of its rows is left to be read."""
    version = table.c.row_version if "row_version" in table.c else literal(1).label("row_version")
    return (
        select(table.c.id, table.c.case_id, *CASE, *columns, version)
        .join_from(table, care_case, care_case.c.id == table.c.case_id)
        .join(case_key, case_key.c.case_id == table.c.case_id)
    )


def filters(table: Table) -> dict[str, Filter]:
    return {"case_id": equals(table.c.case_id, UUID), "pseudonym": equals(care_case.c.pseudonym)}

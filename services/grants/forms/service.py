"""What a version of a form is checked for, and how it is frozen."""

from uuid import UUID

from services.grants import versions
from services.grants.form import Form, document
from services.grants.form_contradictions import contradictions
from services.grants.forms.domain import FORM_VERSION, FROZEN
from services.grants.references import take_over
from services.grants.tables import form_version
from services.kit.db.session import WriteSession
from services.kit.findings import Finding
from services.kit.resource import Row


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """What is kept is the JSON Schema itself: keywords that it leaves out are no nulls."""
    await take_over(session, rows)
    named = {row["id"] for row in rows if "id" in row}
    frozen = await versions.frozen(session, form_version, named, "form_schema")
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        form = Form.model_validate(row["form_schema"])
        row["form_schema"] = document(form)
        wrong = found[row["_row"]] = [(f"form_schema/{place}", one) for place, one in contradictions(form)]
        if "id" in row and frozen.get(row["id"], stated := (row["form_schema"],)) != stated:
            wrong.append(("form_schema", FROZEN))
    return found


async def freeze(session: WriteSession, identity: UUID) -> None:
    await versions.freeze(session, form_version, "form-versions", FORM_VERSION, identity)

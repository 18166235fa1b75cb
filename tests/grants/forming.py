"""A form with a cell of each sort, and answers to it."""

import copy
from typing import Any

from services.grants.form import DIALECT, Form


def said(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en}


def cell(kind: str, ja: str, en: str, order: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "x-label": said(ja, en), "x-order": order, **more}


def table(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "required": required, "properties": properties, "additionalProperties": False,
    }  # fmt: skip


FORM: dict[str, Any] = {
    "$schema": DIALECT,
    "x-number": "様式第1号",
    "x-label": said("架空助成 申請書", "Application for an invented grant"),
    **table(
        ["title", "partners"],
        title=cell("string", "事業名", "Title", 1, minLength=2, maxLength=20, **{"x-section": said("1 概要", "1 Project")}),
        kind=cell("string", "種類", "Kind", 2, enum=["overseas", "domestic"],
                  **{"x-choices": {"overseas": said("海外", "Overseas"), "domestic": said("国内", "Domestic")}}),
        starts_on=cell("string", "開始日", "First day", 3, format="date"),
        joint=cell("boolean", "共同申請", "Joint bid", 4),
        phone=cell("string", "電話番号", "Telephone", 5, pattern="^[0-9-]+$",
                   **{"x-help": said("数字とハイフンだけで記入してください。", "Write digits and hyphens alone.")}),
        partners=cell("array", "参加者", "Those who take part", 6, minItems=1, maxItems=3, items=table(
            ["name"],
            name=cell("string", "団体名", "Organisation", 1, maxLength=20),
            persons=cell("integer", "人数", "Persons", 2, minimum=0, maximum=10**9),
            days=cell("integer", "日数", "Days", 3, minimum=0),
            total=cell("integer", "延べ人数", "Person-days", 4, **{"x-computed": {"product": ["persons", "days"]}}),
        )),
        all=cell("integer", "合計", "In all", 7, **{"x-computed": {"sum": ["partners/total"]}}),
        own=cell("integer", "うち職員", "Of whom staff", 8),
        others=cell("integer", "そのほか", "Others", 9, **{"x-computed": {"difference": ["all", "own"]}}),
    ),
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "title": "架空の交流", "kind": "overseas", "starts_on": "2025-06-01", "joint": False, "phone": "03-0000-0000",
    "partners": [{"name": "架空市", "persons": 12, "days": 5}, {"name": "見本協会", "persons": 1_000, "days": 3}],
    "own": 100,
}  # fmt: skip


def mended(path: str, value: Any = None) -> dict[str, Any]:
    """The form with another value at a place; without that place where none is given."""
    made = copy.deepcopy(FORM)
    *way, last = path.split(" ")
    at = made
    for step in way:
        at = at[step]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return made


def form(document: dict[str, Any] = FORM) -> Form:
    return Form.model_validate(document)

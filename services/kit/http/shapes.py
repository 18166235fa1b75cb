"""JSON Schemas of the answers that no resource declares: operations, imports, the feed.

Their handlers write these answers by hand, straight from the row.
"""

from typing import Any, get_args

from services.kit.operations import State

Shape = dict[str, Any]

TEXT: Shape = {"type": "string"}
WHOLE: Shape = {"type": "integer"}
FLAG: Shape = {"type": "boolean"}
ID: Shape = {"type": "string", "format": "uuid"}
DAY: Shape = {"type": "string", "format": "date"}
INSTANT: Shape = {"type": "string", "format": "date-time"}


def record(**fields: Shape) -> Shape:
    return {"type": "object", "required": list(fields), "properties": fields, "additionalProperties": False}


def told(example: object, shape: Shape = TEXT) -> Shape:
    return shape | {"examples": [example]}


def maybe(shape: Shape) -> Shape:
    return {"anyOf": [shape, {"type": "null"}]}


def items(shape: Shape) -> Shape:
    return {"type": "array", "items": shape}


def page(shape: Shape) -> Shape:
    return record(items=items(shape), next=maybe(TEXT))


def answer(shape: Shape, description: str = "OK") -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": shape}}}


WORDS = record(ja=TEXT, en=TEXT)
SUMMARY = record(
    rows=told(12, WHOLE),
    created=told(12, WHOLE),
    changed=told(0, WHOLE),
    unchanged=told(0, WHOLE),
    refused=told(0, WHOLE),
    problems=told(0, WHOLE),
    stored=told(True, FLAG),
)
RESULT = SUMMARY | {
    "properties": SUMMARY["properties"]
    | {"import": told("/jet/v1/imports/01904f5e-8c00-7000-8000-000000000001")}
}
OPERATION = record(
    id=ID,
    kind=told("import:appointments"),
    state={"enum": list(get_args(State))},
    done=told(12, WHOLE),
    total=maybe(told(12, WHOLE)),
    cancel_requested=FLAG,
    result=maybe(RESULT),
    problem=maybe(record(code=TEXT, title=TEXT, detail=TEXT)),
    created_at=INSTANT,
    finished_at=maybe(INSTANT),
    events=told("/jet/v1/operations/01904f5e-8c00-7000-8000-000000000001/events"),
)
RECEIPT = record(
    id=ID,
    operation=told("/jet/v1/operations/01904f5e-8c00-7000-8000-000000000001"),
    **{"import": told("/jet/v1/imports/01904f5e-8c00-7000-8000-000000000001")},
    receipt_number=told("2024-000001"),
    arrived_at=INSTANT,
    sha256=told("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
)
IMPORT = record(
    id=ID,
    receipt_number=told("2024-000001"),
    arrived_at=INSTANT,
    kind=told("appointments"),
    mode={"enum": ["atomic", "partial"]},
    dry_run=FLAG,
    history=FLAG,
    state=told("succeeded"),
    media_type=told("text/csv"),
    size=told(2048, WHOLE),
    sha256=told("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    operation=told("/jet/v1/operations/01904f5e-8c00-7000-8000-000000000001"),
    summary=maybe(SUMMARY),
    problems=told("/jet/v1/imports/01904f5e-8c00-7000-8000-000000000001/problems"),
    marked_workbook={"type": ["string", "null"], "examples": [None]},
)
PROBLEMS = page(
    record(
        sheet=TEXT,
        row=told(5, WHOLE),
        column=told("B"),
        field=told("jet_number"),
        code=told("jet_number_malformed"),
        severity={"enum": ["error", "warning"]},
        rule=told("jet_number_malformed"),
        understood=maybe(TEXT),
        message=told({"ja": "JET番号が10桁です", "en": "This JET number has 10 digits"}, WORDS),
        remedy=told(
            {
                "ja": "「20」で始まる11桁の数字を入力してください。",
                "en": "Enter eleven digits that begin with 20.",
            },
            WORDS,
        ),
    )
)
KIND = record(
    kind=told("appointments"),
    title=WORDS,
    version=told("2024.1"),
    columns=items(
        record(
            name=told("jet_number"),
            title=told({"ja": "JET番号", "en": "JET number"}, WORDS),
            required=told(True, FLAG),
            rules=told(["L2-02", "jet_number_malformed"], items(TEXT)),
            cell=told("jet_number"),
            hint=told({"ja": "11桁の数字（20…）", "en": "Eleven digits that begin with 20"}, WORDS),
            description=WORDS,
            headings=told(["JET番号", "JET number"], items(TEXT)),
            aliases=told([], items(TEXT)),
            choices=told([], items(record(value=TEXT, label=WORDS))),
        )
    ),
)
KINDS = page(
    record(
        kind=told("appointments"),
        title=WORDS,
        version=told("2024.1"),
        dictionary=told("/jet/v1/imports/kinds/appointments"),
        template=told("/jet/v1/imports/kinds/appointments/template"),
    )
)
CHANGES = record(
    items=items(
        record(
            resource=told("appointments"),
            id=ID,
            action={"enum": ["changed", "created", "deleted"]},
            at=INSTANT,
            organisation_id=maybe(ID),
        )
    ),
    next=told("MCwxMjM0LDU2Nzg"),
    more=FLAG,
)

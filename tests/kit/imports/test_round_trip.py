"""A list that is sent back unchanged changes nothing, whoever took it, in whichever format and language."""

import csv
import json
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import services.gateway.registry as registry
from services.kit.columns import Column
from services.kit.findings import BadValue
from services.kit.http.negotiate import XLSX
from services.kit.japan.names import check_characters
from services.kit.resource import Resource
from tests.kit.imports.exports import CSV, KINDS, MEDIA, NDJSON, Exports
from tests.support.serving import Caller
from tests.walls.loading import REGISTRAR

DATA = Path(str(registry.__file__)).parent / "data"
AWKWARD = (
    "Renée", "Nguyễn Ngọc Ánh", "髙﨑", "𠮷野家", "葛\U000e0100城", "👩‍👩‍👧 emoji", "e\u0301", "\u1e69 s\u0323\u0307", "ﾊﾝｶｸ", "㈱①Ⅳ",
    "=1+1", "+81", "-5", "@SUM(A1)", "＝１", "'", "'=a", "''@b", "'plain", "=cmd|' /C calc'!A0", '"quoted", comma', "a;b\\c",
    "007", "1-2", "2024/7/1", "1e5", "TRUE", "NULL", "#N/A", "NaN", "_x0041_", "_x000D_", "<b>&amp;</b>", "%s {0} ${x}",
    " around ", "\u3000全角\u3000", "a\u00a0b", "two  spaces", "合計", "※注", "エラー", "名称", "O'Brien", "−5", "~", "〜～",
)  # fmt: skip


def of(plural: str) -> Resource:
    return next(one for one in KINDS if one.plural == plural)


def unchanged(
    there: Exports, resource: Resource, caller: Caller, media: str, spoken: str = "ja"
) -> list[str]:
    """The codes of what was remarked."""
    before = there.taken(resource, caller)
    summary, remarks = there.sent_back(resource, caller, there.taken(resource, caller, media, spoken), media)
    assert summary is not None, remarks
    done = {name: summary[name] for name in ("rows", "created", "changed", "refused")}
    assert done == {"rows": before.count(b"\n"), "created": 0, "changed": 0, "refused": 0}, remarks
    assert there.taken(resource, caller) == before
    return [remark["code"] for remark in remarks]


def ndjson(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


# what has a list comes back as it went out; the others are forms alone
RETURNED = [one for one in KINDS if "list" in one.access]


@pytest.mark.parametrize("resource", RETURNED, ids=lambda one: one.plural)
def test_a_list_sent_back_changes_nothing(there: Exports, resource: Resource) -> None:
    """By the first caller in every form, by each of the others in one."""
    forms = ((CSV, "ja"), (XLSX, "en"), (NDJSON, "ja"))
    callers = [caller for caller in there.callers(resource, "import") if there.taken(resource, caller)]
    assert callers
    for place, caller in enumerate(callers):
        for media, spoken in forms if not place else [forms[place % len(forms)]]:
            assert unchanged(there, resource, caller, media, spoken) == []


@pytest.mark.parametrize("resource", RETURNED, ids=lambda one: one.plural)
def test_the_columns_of_the_import_come_first(resource: Resource) -> None:
    first = [one for one in resource.kind.columns if one.name in resource.fields]
    assert list(resource.export_columns[: len(first)]) == first
    assert {column.name for column in resource.export_columns} == set(resource.fields)
    # an answer tells whom a person of the programme is by the id alone; how a row is to be taken is no part of the record
    kept_back = {"people": {"participant_id"}, "training-enrolments": {"certain"}}.get(resource.plural, set())
    assert {column.name for column in resource.kind.columns} - set(resource.fields) == kept_back


def test_names_and_codes_that_spreadsheets_spoil_come_back(there: Exports) -> None:
    organisations, countries = of("organisations"), of("countries")
    with (DATA / "local_governments.csv").open(encoding="utf-8", newline="") as lines:
        zeros = [row["code"] for row in islice(csv.DictReader(lines), len(AWKWARD))]
    assert all(code.startswith("0") for code in zeros)
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as lines:
        nations = list(islice(csv.DictReader(lines), 51))
    rows = [
        {"code": code, "name": name, "name_en": name, "kind": "other", "valid_from": "1889-04-01"}
        for code, name in zip(zeros, AWKWARD, strict=True)
    ]
    for resource, given_rows in ((organisations, rows), (countries, nations)):
        summary, remarks = there.sent_back(resource, REGISTRAR, ndjson(given_rows), NDJSON)
        assert (summary["created"], summary["refused"]) == (len(given_rows), 0), remarks
        for media in MEDIA:
            assert set(unchanged(there, resource, REGISTRAR, media)) <= {"surrounding_space"}
    stored = {
        row["code"]: row["name"]
        for row in map(json.loads, there.taken(organisations, REGISTRAR).splitlines())
    }
    assert [stored[code] for code in zeros] == list(AWKWARD)


def _storable(text: str) -> bool:
    try:
        check_characters(text)
    except BadValue:
        return False
    return not text.isspace()


TEXTS = st.sampled_from(AWKWARD) | st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co"]), min_size=1, max_size=20
)
NAMES = TEXTS.filter(_storable)
LOCAL = st.text("abcxyz019.+=-'_", min_size=1, max_size=10)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "text": NAMES,
    "name": NAMES,
    "family_name": NAMES,
    "kana": st.sampled_from(["ヴァン・ヘルシング", "ナカムラ　アン", "アー"]),
    "email": LOCAL.map(lambda local: f"{local}@example.org"),
    "phone": st.sampled_from(["+81-3-0000-0000", "03-0000-0000", "(03)0000-0000", "0000000000"]),
    "yen": st.sampled_from([0, 1, 2**31 - 1]),
}
# by a form of their own, or by another column
HELD = ("time_zone", "public_jwk", "company", "cancelled_reason")


def _changeable(resource: Resource) -> list[Column]:
    key = {*resource.fixed, *resource.parts[0].key, resource.code, *HELD}
    return [one for one in resource.kind.columns if one.cell.name in VALUES and one.name not in key]


# there, each application has led to an assignment, and is closed
CLOSED = ("internship-applications",)
CHANGEABLE = [
    one.plural for one in KINDS if "change" in one.access and _changeable(one) and one.plural not in CLOSED
]


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, dict[str, Any], str]:
    resource = of(draw(st.sampled_from(CHANGEABLE)))
    body = {
        column.name: draw(
            VALUES[column.cell.name] if column.required else st.none() | VALUES[column.cell.name]
        )
        for column in _changeable(resource)
    }
    return resource.plural, body, draw(st.sampled_from(MEDIA))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(change=changes())
def test_whatever_a_record_holds_comes_back(there: Exports, change: tuple[str, dict[str, Any], str]) -> None:
    resource, body, media = of(change[0]), *change[1:]
    caller = there.callers(resource, "import")[0]
    record = json.loads(there.taken(resource, caller).splitlines()[0])
    changed = there.serving(resource).call(
        resource.operation("change"), caller, {"If-Match": "*"}, path={"ref": record["id"]}, json=body
    )
    assert changed.status_code == 200, changed.text
    assert body.items() <= changed.json().items()
    assert set(unchanged(there, resource, caller, media)) <= {"surrounding_space", "two_names_in_one_cell"}

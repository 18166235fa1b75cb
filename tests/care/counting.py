"""Vendors' returns and releases as those send and make them who may."""

import csv
import io
from contextlib import suppress
from typing import Any
from uuid import UUID

import httpx

from services.jet.care.returns.resource import vendor_returns
from services.kit.imports.engine import Importer
from services.kit.imports.reading import CSV
from services.kit.jobs import Later
from tests.support.care import OFFICER, Care, done
from tests.support.serving import Caller

Rows = list[dict[str, Any]]
MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)


class Vendor:
    """An organisation that counsels, and one of its counsellors."""

    def __init__(self, care: Care, kind: str = "company", code: str = "") -> None:
        self.id = care.organisation(kind)
        if code:
            care.sql(f"UPDATE directory.organisation SET code = '{code}' WHERE id = '{self.id}'")
        (row,) = care.sql(f"SELECT code FROM directory.organisation WHERE id = '{self.id}'")
        self.code: str = row["code"]
        self.counsellor = care.counsellor(self.id)

    def row(self, month: int, value: int, **told: Any) -> dict[str, Any]:
        row = {
            "organisation_code": self.code,
            "fiscal_year": 2024,
            "month": month,
            "channel": "web_mail",
            "unit": "cases",
        }
        return row | {"value": value} | told

    def year(self, total: int, **told: Any) -> Rows:
        """A year's total spread over its months."""
        share = [total // 12 + (number < total % 12) for number in range(12)]
        return [self.row(month, value, **told) for month, value in zip(MONTHS, share, strict=True)]


def returned(care: Care, row: dict[str, Any], caller: Caller = OFFICER) -> httpx.Response:
    return care.call("care_vendor_returns_create", caller, json=row)


def sent(care: Care, rows: Rows, caller: Caller = OFFICER) -> dict[str, Any]:
    """What came of a file with Japanese headings, by the worker's own job."""
    titles = {column.name: column.title.ja for column in vendor_returns.kind.columns}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writerow({name: titles[name] for name in rows[0]})
    writer.writerows(rows)
    sent = care.call(
        "care_imports_create", caller, headers={"Content-Type": CSV}, content=("\ufeff" + out.getvalue()).encode(),
        params={"kind": "vendor-returns"},
    )  # fmt: skip
    assert sent.status_code == 202, sent.text
    importer = Importer("care", "care", care.served.app.state.service.database, [vendor_returns])
    with suppress(Later):
        care.served.run(importer.work(UUID(sent.json()["id"]), 1))
    path = {"import_id": sent.json()["id"]}
    problems = done(care.call("care_imports_problems", caller, path=path))["items"]
    told: dict[str, Any] = done(care.call("care_imports_read", caller, path=path))["summary"]
    return told | {"errors": [(one["row"], one["field"], one["code"]) for one in problems]}


def released(care: Care, year: int = 2024, caller: Caller = OFFICER) -> httpx.Response:
    return care.call("care_figure_releases_release", caller, json={"fiscal_year": year})


def tables(care: Care, release: str, caller: Caller = OFFICER, **options: Any) -> httpx.Response:
    return care.call("care_figure_releases_tables", caller, path={"ref": release}, **options)


def figures(care: Care, caller: Caller = OFFICER, **asked: Any) -> Any:
    params = {"fiscal_year": 2024} | asked
    return done(care.call("care_statistics_read", caller, path={"name": "jet-counselling"}, params=params))

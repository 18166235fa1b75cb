"""Files of placement requests as clerks fill them, and the people they are about."""

import csv
import io
from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from services.jet.requests.resource import placement_requests
from services.kit.imports.engine import Importer
from services.kit.imports.reading import CSV
from services.kit.jobs import Later
from tests.jet.playing import appoint, done
from tests.jet.surveying import Survey
from tests.support.jet import Organisation
from tests.support.serving import Caller

TITLES = {column.name: column.title.ja for column in placement_requests.kind.columns}


def serving(survey: Survey, number: int, *, since: int = 1, job: str = "ALT") -> str:
    """Somebody in their `since`th year at a member, as the survey's year comes."""
    jet, year = survey.jet, survey.year
    person = jet.participant(year=year - since, job=job)
    term = date(year - 1, 8, 1), date(year, 7, 31)
    done(appoint(jet, person, survey.own[number], *term, year=year - 1, job=job))
    return person


def file_of(*rows: dict[str, Any]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writerow({name: TITLES[name] for name in writer.fieldnames})
    writer.writerows(rows)
    return ("\ufeff" + out.getvalue()).encode()


def row(organisation: Organisation, survey: Survey, line: int, **given: Any) -> dict[str, Any]:
    same = {"organisation_code": organisation.code, "programme_year": survey.year, "line": line}
    typed = {"entry": "新規", "job_type": "ALT", "arrival_group": "A", "seats": "２", "junior_high": "○"}
    return same | typed | given


def send(survey: Survey, caller: Caller, content: bytes, media: str = CSV, **query: str) -> dict[str, Any]:
    """What came of a file, by the worker's own job."""
    jet = survey.jet
    sent = jet.served.call(
        "jet_imports_create", caller, {"Content-Type": media}, content=content,
        params={"kind": "placement-requests"} | query,
    )  # fmt: skip
    assert sent.status_code == 202, sent.text
    receipt = sent.json()
    importer = Importer("jet", "jet", jet.served.app.state.service.database, [placement_requests])
    with suppress(Later):
        jet.served.run(importer.work(UUID(receipt["id"]), 1))
    told = done(jet.call("jet_imports_read", caller, path={"import_id": receipt["id"]}))
    problems = done(jet.call("jet_imports_problems", caller, path={"import_id": receipt["id"]}))["items"]
    errors = [(one["row"], one["field"], one["code"]) for one in problems if one["severity"] == "error"]
    return {"receipt": receipt, "summary": told["summary"], "errors": errors}

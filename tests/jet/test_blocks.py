"""A file stored in one block comes to the same as row by row."""

import csv
import io
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.jet.appointments.resource import AppointmentWrite, appointments
from services.kit.imports.applying import Applier, Tally
from services.kit.imports.checking import RowChecker, chunks
from services.kit.imports.problems import Problems
from services.kit.imports.reading import CSV, read_rows
from services.kit.imports.seen import Seen
from tests.support.jet import Jet, Organisation
from tests.support.loading import SCOPE, participant

YEARS = range(2019, 2024)
SORTS = ("good", "good", "repeated", "overlapping", "outside", "unlevelled", "unreadable", "unknown")
ONE = st.tuples(st.integers(0, 2), st.sampled_from(YEARS), st.sampled_from(SORTS), st.booleans())
SOUND = ("good", "repeated", "overlapping")  # one row of each is stored
CLASHES = ("row_repeated", "appointment_overlap")
STORED = """
SELECT a.participant_id, a.organisation_id, a.starts_on, a.ends_on, a.row_version, w.name, r.housing_rent_yen, s.name
FROM jet.appointment a JOIN jet.workplace w ON w.appointment_id = a.id
JOIN jet.arrangement r ON r.appointment_id = a.id JOIN jet.supervisor s ON s.appointment_id = a.id
WHERE a.organisation_id = ANY (CAST(:here AS uuid[])) ORDER BY 1, 3, 2
"""
OUTBOX = "SELECT resource_id, action FROM jet.outbox WHERE organisation_id = ANY (CAST(:here AS uuid[]))"


class Files:
    """People and organisations, and rows of files about them."""

    def __init__(self, jet: Jet) -> None:
        self.jet, self.here = jet, [jet.organisation(), jet.organisation()]
        self.people = [participant(jet, year=YEARS[0]) for _ in range(3)]

    def rows(self, person: int, year: int, sort: str, changed: bool) -> list[dict[str, Any]]:
        row = _row(self.people[person], self.here[0], year, changed)
        other = row | {"organisation_code": self.here[1].code, "starts_on": f"{year}-09-01"}
        wrong: dict[str, dict[str, Any]] = {
            "outside": {"programme_year": year + 2}, "unlevelled": {"school_level": ""},
            "unreadable": {"starts_on": "?"}, "unknown": {"jet_number": "20999999999"},
        }  # fmt: skip
        more = {"repeated": [row], "overlapping": [other]}
        return [row | wrong.get(sort, {}), *more.get(sort, [])]

    async def store(self, session: Any, rows: list[dict[str, Any]], size: int) -> tuple[Any, ...]:
        """What the file did, and what it says."""
        lines = io.StringIO(newline="")
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        reading = read_rows(io.BytesIO(lines.getvalue().encode()), CSV, appointments.kind)
        checker = RowChecker(AppointmentWrite, appointments.kind, reading)
        with closing(Seen()) as seen, tempfile.TemporaryDirectory() as folder:
            tally = Tally(Problems(Path(folder) / "problems"))
            applier = Applier(session, appointments, checker, tally, seen, history=False)
            await applier.start()
            for chunk in chunks(checker, reading, size, history=False):
                await applier.apply(chunk)
        # a second row of a record clashes with the first: in one block by its term, in another by its name
        found = [(one.row, one.column, one.finding.code) for one in tally.problems.kept]
        said = [(row, *(("", "clash") if code in CLASHES else (column, code))) for row, column, code in found]
        return tally.rows, tally.created, tally.changed, tally.refused, said

    def outcome(self, before: list[dict[str, Any]], rows: list[dict[str, Any]], size: int) -> tuple[Any, ...]:
        async def play() -> tuple[Any, ...]:
            here = {"here": [one.id for one in self.here]}
            async with self.jet.served.app.state.service.database.writing(SCOPE) as session:
                first = await self.store(session, before, size)
                second = await self.store(session, rows, size)
                stored = [tuple(row) for row in await session.execute(text(STORED), here)]
                told = sorted(str(row.action) for row in await session.execute(text(OUTBOX), here))
                await session.rollback()
                return first, second, stored, told

        outcome: tuple[Any, ...] = self.jet.served.run(play())
        return outcome


def _row(number: str, organisation: Organisation, year: int, changed: bool) -> dict[str, Any]:
    return {
        "jet_number": number, "organisation_code": organisation.code, "programme_year": year, "job_type": "ALT",
        "starts_on": f"{year}-08-01", "ends_on": f"{year + 1}-07-{30 if changed and year % 2 else 31}",
        "workplace_name": "架空小学校", "workplace_kind": "school", "school_level": "elementary",
        "supervisor_name": "架空 担当", "housing_rent_yen": 40_000 + 1_000 * changed,
    }  # fmt: skip


def test_blocks_do_not_show(jet: Jet) -> None:
    files = Files(jet)

    @given(st.lists(ONE, min_size=1, max_size=5, unique_by=lambda one: one[:2]),
           st.lists(ONE, min_size=1, max_size=5, unique_by=lambda one: one[:2]))  # fmt: skip
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def same(before: list[Any], after: list[Any]) -> None:
        first, second = (
            [row for one in sorted(drawn) for row in files.rows(*one)] for drawn in (before, after)
        )
        outcome = files.outcome(first, second, 1_000)
        assert outcome == files.outcome(first, second, 1)
        stored, named = ({one[:2] for one in drawn if one[2] in SOUND} for drawn in (before, after))
        assert (outcome[0][1], outcome[1][1]) == (len(stored), len(named - stored))
        assert (outcome[0][3], outcome[1][3]) == (len(first) - len(stored), len(second) - len(named))

    same()

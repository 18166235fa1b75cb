"""`make bench-import`: files of appointments through the engine of the import worker, beside COPY.

A row of such a file is an appointment, its workplace, its arrangement and its supervisor. The first peer COPYs what the
engine has stored of the file, as a superuser, into the same four tables with the same constraints and triggers, in
one transaction; the second into the appointments alone. Neither reads a date or a code, looks for a record, checks a
rule, keeps an audit or tells anybody. The two sides alternate; the median of the pairwise ratios of rows/s is
quoted, rows of the file to rows copied. Autovacuum is off, so that it does not fall into one side only.

Each import has a process of its own, whose peak memory is printed. `--long` adds a file of two million rows and takes
long; `--rows` and `--rounds` make it shorter, and the floors are meant for 200,000.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import asyncpg

from bench import import_files, import_peers
from migrations.run import migrate
from services.kit.imports.reading import CSV, XLSX
from services.postgres import PrivatePostgres

ROWS, LONG, SHEET_ROWS, ROUNDS = 200_000, 2_000_000, 50_000, 3
FLOORS = {"insert": 0.6, "upsert": 0.5}
PARTS = ("appointment", "workplace", "arrangement", "supervisor")
_STORED = """
SELECT attname FROM pg_attribute
WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'known_from'
ORDER BY attnum
"""
_EMPTY = """
TRUNCATE jet.appointment, jet.workplace, jet.arrangement, jet.supervisor, jet.outbox, jet.import_problem,
    jet.appointment_past, jet.workplace_past, jet.arrangement_past;
UPDATE jet.participation SET state = 'accepted' WHERE state <> 'accepted';
"""
Figures = dict[str, list[float]]


class Bench:
    """One private database, and the files that go in and out of it."""

    def __init__(self, url: str, application: str, folder: Path) -> None:
        self.url, self._application, self.folder = url, application, folder

    async def sql(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    def empty(self) -> None:
        asyncio.run(self.sql(_EMPTY, "VACUUM jet.participation", "CHECKPOINT"))

    def load(self, path: Path, media_type: str = CSV, *, dry_run: bool = False) -> dict[str, Any]:
        """One import; what it took, its peak memory and its summary."""
        asked = [self._application, str(path), media_type, "dry" if dry_run else "store"]
        command = [sys.executable, "-m", "bench.import_worker", *asked]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        made: dict[str, Any] = json.loads(done.stdout)
        return made

    async def keep(self) -> int:
        """Write what is stored to the files of the peers; how many appointments that is."""
        connection = await asyncpg.connect(self.url)
        for table in PARTS:
            columns = [row[0] for row in await connection.fetch(_STORED, f"jet.{table}")]
            await connection.copy_from_table(
                table, schema_name="jet", columns=columns, output=str(self.folder / table)
            )
        count: int = await connection.fetchval("SELECT count(*) FROM jet.appointment")
        await connection.close()
        return count

    async def copy(self, *tables: str) -> float:
        """Seconds for COPY of what was kept, to the end of the commit."""
        connection = await asyncpg.connect(self.url)
        columns = {
            table: [row[0] for row in await connection.fetch(_STORED, f"jet.{table}")] for table in tables
        }
        began = time.perf_counter()
        async with connection.transaction():
            for table in tables:
                await connection.copy_to_table(
                    table, schema_name="jet", columns=columns[table], source=str(self.folder / table)
                )
        seconds = time.perf_counter() - began
        await connection.close()
        return seconds


def a_round(bench: Bench, rows: int, peaks: Figures, figures: Figures) -> None:
    """Rows/s of each side, once."""
    clean, changed = bench.folder / "clean.csv", bench.folder / "changed.csv"
    for name, path, dry_run in (
        ("dry run", clean, True),
        ("insert", clean, False),
        ("upsert", changed, False),
    ):
        if name != "upsert":
            bench.empty()  # also of the dead rows of a dry run
        made = bench.load(path, dry_run=dry_run)
        if name == "insert":
            assert made["created"] == rows - rows // import_files.BAD_EVERY, made
            figures["stored"].append(asyncio.run(bench.keep()))
        if name == "upsert":
            assert made["changed"] and not made["created"], made
        figures[name].append(rows / made["seconds"])
        peaks[name].append(made["peak_kib"] / 1024)
    stored = figures["stored"][-1]
    for name, tables in (("COPY", PARTS), ("COPY of the appointments alone", PARTS[:1])):
        bench.empty()
        figures[name].append(stored / asyncio.run(bench.copy(*tables)))


def a_sheet(bench: Bench, rows: int, peaks: Figures, figures: Figures) -> None:
    """The same rows as a workbook and as CSV, and by openpyxl, pydantic and COPY."""
    book, text = bench.folder / "sheet.xlsx", bench.folder / "sheet.csv"
    for name, path, media_type in (("XLSX", book, XLSX), ("the same as CSV", text, CSV)):
        bench.empty()
        made = bench.load(path, media_type)
        figures[name].append(rows / made["seconds"])
        peaks[name].append(made["peak_kib"] / 1024)
    bench.empty()
    figures["openpyxl + pydantic + COPY"].append(SHEET_ROWS / import_peers.openpyxl_pipeline(bench.url, book))


def told(figures: Figures, name: str, to: str, floor: float = 0) -> bool:
    """Print a line; whether it holds its floor."""
    pairs = [ours / theirs for ours, theirs in zip(figures[name], figures[to], strict=True)]
    ratio = statistics.median(pairs)
    held = f"; floor {floor}" if floor else ""
    print(f"{name:<32}{statistics.median(figures[name]):9,.0f} rows/s   {ratio:6.2f} x {to}"
          f"   ({min(pairs):.2f}–{max(pairs):.2f}{held})", flush=True)  # fmt: skip
    return ratio >= floor


def run(bench: Bench, given: argparse.Namespace) -> bool:
    figures: Figures = defaultdict(list)
    peaks: Figures = defaultdict(list)
    import_files.write_csv(bench.folder / "clean.csv", given.rows)
    import_files.write_csv(bench.folder / "changed.csv", given.rows, changed=True)
    import_files.write_csv(bench.folder / "sheet.csv", min(given.rows, SHEET_ROWS))
    import_files.write_workbook(bench.folder / "sheet.xlsx", min(given.rows, SHEET_ROWS))
    print(f"{given.rows:,} rows of 17 columns, one row in {import_files.BAD_EVERY} with a bad cell, "
          f"{given.rounds} rounds", flush=True)  # fmt: skip
    for _ in range(given.rounds):
        a_round(bench, given.rows, peaks, figures)
        a_sheet(bench, min(given.rows, SHEET_ROWS), peaks, figures)
    held = [told(figures, name, "COPY", floor) for name, floor in FLOORS.items()]
    for name, to in (
        ("dry run", "COPY"), ("dry run", "insert"), ("insert", "COPY of the appointments alone"),
        ("XLSX", "the same as CSV"), ("XLSX", "openpyxl + pydantic + COPY"),
    ):  # fmt: skip
        told(figures, name, to)
    print("peak memory of the worker, MiB: " + ", ".join(f"{name} {max(peaks[name]):.0f}" for name in peaks))
    return all(held)


def beside(bench: Bench, rows: int) -> None:
    """What others would use, and what it costs when there are many more rows."""
    bench.empty()
    print(import_peers.django_import_export(bench.url, bench.folder))
    if rows:
        path = bench.folder / "long.csv"
        import_files.write_csv(path, rows)
        asyncio.run(import_files.populate(bench.url, rows))
        made = bench.load(path)
        print(f"{rows:,} rows: {rows / made['seconds']:,.0f} rows/s, peak {made['peak_kib'] / 1024:.0f} MiB")


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--long", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="kk-bench-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        with PrivatePostgres(folder / "pg", durable=False) as postgres:
            migrate(postgres.url())
            bench = Bench(postgres.url(), postgres.url(user="jet_app"), folder)
            asyncio.run(bench.sql("ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()"))
            asyncio.run(import_files.populate(postgres.url(), given.rows))
            held = run(bench, given)
            beside(bench, LONG if given.long else 0)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

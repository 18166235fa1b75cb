"""What others would load the same rows with: openpyxl with pydantic and COPY, and django-import-export."""

import asyncio
import csv
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import openpyxl

from bench import import_files
from services.jet.appointments.resource import AppointmentWrite, appointments

# import-export works row by row: a part of the file tells its speed
DJANGO_ROWS = 2_000
_DJANGO = Path(__file__).with_name("import_django.py")
_FLAT = "CREATE UNLOGGED TABLE public.flat ({columns})"


def _model_row(names: list[str], values: tuple[Any, ...]) -> dict[str, Any]:
    """As such scripts do it: plain values only, each cell parsed where it stands."""
    row = {name: value for name, value in zip(names, values, strict=True) if value not in (None, "")}
    for column in appointments.kind.columns:
        if column.name in row:
            row[column.name] = column.cell.parse(row[column.name]).value
    return AppointmentWrite.model_validate(row).model_dump()


def openpyxl_pipeline(url: str, book: Path) -> float:
    """Seconds from the workbook to a COPY of its sound rows into one table without any constraint."""

    async def copy(rows: list[tuple[Any, ...]], names: list[str]) -> None:
        connection = await asyncpg.connect(url)
        kinds = {int: "integer", date: "date"}
        columns = ", ".join(
            f'"{name}" {next((kinds[type(row[place])] for row in rows if type(row[place]) in kinds), "text")}'
            for place, name in enumerate(names)
        )
        await connection.execute("DROP TABLE IF EXISTS public.flat")
        await connection.execute(_FLAT.format(columns=columns))
        await connection.copy_records_to_table("flat", schema_name="public", records=rows, columns=names)
        await connection.close()

    began = time.perf_counter()
    names = [column.name for column in appointments.kind.columns]
    rows = []
    sheet = openpyxl.load_workbook(book, read_only=True).worksheets[0]
    for values in sheet.iter_rows(min_row=2, values_only=True):
        try:
            rows.append(tuple(_model_row(names, (*values, *[None] * (len(names) - len(values)))).values()))
        except ValueError:  # pydantic's and the cells' own
            continue
    asyncio.run(copy(rows, names))
    return time.perf_counter() - began


def django_import_export(url: str, folder: Path) -> str:
    """A line with its rows/s into one flat table, or why it is missing. Installed into a folder that goes with the bench."""
    uv = shutil.which("uv") or ".uv/bin/uv"
    environment, path = folder / "django", folder / "django.csv"
    try:
        subprocess.run([uv, "venv", "-q", "-p", sys.executable, str(environment)], check=True)
        packages = ["django>=5,<6", "django-import-export>=4,<5", "psycopg[binary]>=3,<4"]
        python = str(environment / "bin/python")
        subprocess.run([uv, "pip", "install", "-q", "-p", python, *packages], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"django-import-export: missing, it could not be installed ({type(error).__name__})"
    names = [column.name for column in appointments.kind.columns]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(import_files.rows(DJANGO_ROWS))
    done = subprocess.run(
        [python, str(_DJANGO), url, str(path)], check=True, stdout=subprocess.PIPE, text=True
    )
    return f"django-import-export {DJANGO_ROWS / float(done.stdout):16,.0f} rows/s   ({DJANGO_ROWS:,} rows as text into one table, no rule checked)"

"""The SQL of every history, rendered without a database and read by squawk."""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from migrations.histories import HISTORIES
from migrations.run import config
from services.kit.db.migration import Schema

# What squawk knows to be dangerous on a live table, and why it is not here.
EXCLUDED = {
    "require-lock-timeout": "migrations.run sets it for every history",
    "require-statement-timeout": "a backfill takes as long as it takes; it waits for no lock longer than 5 s",
    "prefer-bigint-over-int": "programme years, statuses and ordinals within a file are small by nature",
    "prefer-bigint-over-smallint": "days of a week, positions of a workplace",
    "prefer-text-field": "only Alembic's own version table has a varchar",
    "prefer-identity": "only the job queue's own tables have a serial",
}


def render(history: Schema) -> str:
    """The statements of a history from nothing to its newest revision."""
    said = io.StringIO()
    made: Config = config(history)
    made.output_buffer = said
    command.upgrade(made, "head", sql=True)
    return said.getvalue()


def lint(folder: Path) -> int:
    files = []
    for number, history in enumerate(HISTORIES.values()):
        file = folder / f"{number}_{history.name}.sql"
        file.write_text(render(history), encoding="utf-8")
        files.append(str(file))
    squawk = Path(sys.executable).with_name("squawk")
    rules = [f"--exclude={rule}" for rule in EXCLUDED]
    return subprocess.run(
        [squawk, "--pg-version=18.0", "--reporter=gcc", *rules, *files], check=False
    ).returncode


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        sys.exit(lint(Path(made)))

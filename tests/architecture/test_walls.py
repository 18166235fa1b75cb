"""The walls between packages hold, and each of them would be seen to fall."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.sources import PRODUCT, ROOT

# One forbidden import per wall: where it stands, and what it imports.
BREACHES = {
    "Services never import each other": ("services/jet/app.py", "services.grants.app"),
    "kit knows no service": ("services/kit/text.py", "services.jet.terms"),
    "The client stands on the public API alone": ("client/api.py", "services.kit.text"),
    "No service imports the client": ("services/events/app.py", "client.api"),
    "The door knows no service: it reads their committed contracts": (
        "services/gateway/door/app.py",
        "services.gateway.registry.app",
    ),
    "The registry knows no door": ("services/gateway/registry/app.py", "services.gateway.door.app"),
    "Registry and door know no desk": ("services/gateway/door/app.py", "services.gateway.desk.app"),
    "The desk holds no database, and calls services as anybody does": (
        "services/gateway/desk/app.py",
        "asyncpg",
    ),
    "Rules are pure: no database, no HTTP": ("services/jet/appointments/domain.py", "sqlalchemy"),
    "FastAPI stops at the routes of a slice": ("services/jet/appointments/repository.py", "fastapi"),
    "The slices of a service form no cycle": (
        "services/jet/participants/domain.py",
        "services.jet.appointments.service",
    ),
}


def _walls(folder: Path) -> dict[str, bool]:
    """Whether each wall holds, as import-linter says of the sources in `folder`."""
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = (line.rsplit(" ", 1) for line in told.stdout.splitlines())
    return {line[0]: line[1] == "KEPT" for line in verdicts if line[-1] in ("KEPT", "BROKEN")}


def test_walls_hold() -> None:
    assert _walls(ROOT) == dict.fromkeys(BREACHES, True)


def test_every_breach_is_seen(tmp_path: Path) -> None:
    for package in PRODUCT:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.csv")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, imported in BREACHES.values():
        with (tmp_path / file).open("a", encoding="utf-8") as source:
            source.write(f"\nimport {imported}\n")
    assert _walls(tmp_path) == dict.fromkeys(BREACHES, False)

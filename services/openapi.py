"""The contracts in docs/api, as the services serve them: `python -m services.openapi` writes, `--check` compares.

The door matches paths against these files, and callers generate their clients from them.
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

from services.serve import APPS

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "api"
SERVICES = tuple(name for name in APPS if name not in ("door", "desk"))  # which have no contract of their own
SHOWN = 20


def document(service: str) -> dict[str, Any]:
    """What the service would serve; made without a database."""
    module, _, factory = APPS[service].partition(":")
    made: dict[str, Any] = getattr(importlib.import_module(module), factory)().openapi()
    return made


def written(made: dict[str, Any]) -> str:
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def differences(committed: Any, served: Any, at: str = "#") -> list[str]:
    """Where two documents differ, as JSON pointers."""
    if isinstance(committed, dict) and isinstance(served, dict):
        found: list[str] = []
        for key in sorted(committed.keys() | served.keys()):
            place = f"{at}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if key not in served:
                found.append(f"{place}: committed, no longer served")
            elif key not in committed:
                found.append(f"{place}: served, not committed")
            else:
                found += differences(committed[key], served[key], place)
        return found
    return [] if committed == served else [f"{at}: differs"]


def check(service: str) -> list[str]:
    file = FOLDER / f"{service}.json"
    committed = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    served = json.loads(written(document(service)))
    return [f"{file.name}{place.removeprefix('#')}" for place in differences(committed, served)]


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        found = [line for service in SERVICES for line in check(service)]
        for line in found[:SHOWN]:
            print(line)
        if found:
            print(f"{len(found)} differences. `python -m services.openapi` writes what is served.")
        return 1 if found else 0
    if arguments:
        raise SystemExit("usage: python -m services.openapi [--check]")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        (FOLDER / f"{service}.json").write_text(written(document(service)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

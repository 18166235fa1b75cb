"""CONTRIBUTING's examples, done as they are written: in a copy of the repository, up to their own tests."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.docs.blocks import apply, blocks
from tests.support.database import REPOSITORY, short_folder

FOLDERS = ("services", "migrations", "client", "docs", "tests/support")
FILES = ("pyproject.toml", "tests/__init__.py", "tests/conftest.py")
PAGE = REPOSITORY / "CONTRIBUTING.md"
# Both commands in one process, which asks each service for its contract once, and ends before garbage matters.
WRITTEN = """
import functools, gc, sys
gc.disable()
from services import openapi
openapi.document = functools.cache(openapi.document)
from services import reference
sys.exit(openapi.main([]) or reference.main([]))
"""
_REVISION = re.compile(r'^revision = "(\w+)"$', re.MULTILINE)
_DOWN = re.compile(r'^down_revision = "(\w+)"$', re.MULTILINE)


def newest(history: Path) -> str:
    texts = [file.read_text(encoding="utf-8") for file in history.glob("*.py")]
    revised = {found for text in texts for found in _DOWN.findall(text)}
    (head,) = {found for text in texts for found in _REVISION.findall(text)} - revised
    return str(head)


def compiled(source: Path, target: Path) -> None:
    """The modules as this repository has them compiled: a copy's file is as old and as long as its original."""
    for file in target.rglob("*.py"):
        ready = Path(cache_from_source(str(source / file.relative_to(target))))
        if ready.exists():
            (file.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copy2(ready, file.parent / "__pycache__")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST", "PYTHONPYCACHE", "KAKEHASHI"))
    }
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=plain, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copy() -> Iterator[tuple[Path, list[Path]]]:
    """The repository with both examples applied, and the Python files that they made; what has not changed is compiled
    already."""
    without = shutil.ignore_patterns("__pycache__")
    with short_folder() as folder:
        for name in FOLDERS:
            shutil.copytree(REPOSITORY / name, folder / name, ignore=without)
            compiled(REPOSITORY / name, folder / name)
        for name in FILES:
            shutil.copy2(REPOSITORY / name, folder / name)
        head = newest(folder / "migrations/jet")
        made = [apply(block, folder) for block in blocks(PAGE.read_text(encoding="utf-8"))]
        for file in made:
            if file.is_relative_to(folder / "migrations"):
                # the history has grown since the page was written: the example goes on from its newest revision
                text = file.read_text(encoding="utf-8")
                file.write_text(text.replace('down_revision = "jet_0001"', f'down_revision = "{head}"'))
        (folder / "tests/jet").mkdir(exist_ok=True)
        (folder / "tests/jet/__init__.py").touch()
        (folder / "services/jet/language_certificates/__init__.py").touch()
        yield folder, made


@pytest.mark.slow
def test_examples_applied_pass_their_own_tests(copy: tuple[Path, list[Path]]) -> None:
    folder, _ = copy
    done = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/jet")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_examples_applied_keep_the_lint(copy: tuple[Path, list[Path]]) -> None:
    folder, made = copy
    files = sorted({str(file.relative_to(folder)) for file in made if file.suffix == ".py"})
    for command in (("check",), ("format", "--check")):
        done = run(folder, "-m", "ruff", *command, "--no-cache", *files)
        assert done.returncode == 0, done.stdout


def test_reference_pages_show_what_the_examples_added(copy: tuple[Path, list[Path]]) -> None:
    folder, _ = copy
    done = run(folder, "-c", WRITTEN)
    assert done.returncode == 0, done.stderr
    assert "| 呼び名 |" in (folder / "docs/reference/imports.md").read_text(encoding="utf-8")
    matrix = (folder / "docs/reference/access-matrix.md").read_text(encoding="utf-8")
    assert "/jet/v1/language-certificates" in matrix and "/desk/certificates" in matrix

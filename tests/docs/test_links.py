"""The pages hold together: links lead somewhere, named targets exist, and nothing of one machine is told."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.database import REPOSITORY

# anchors and addresses on the network are not followed
_LINK = re.compile(r"\]\((?!https?:|#)([^)\s#]+)(?:#[^)]*)?\)")
_TARGET = re.compile(r"`make ([a-z-]+)`|^make ([a-z-]+)$| make ([a-z-]+)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_FORBIDDEN = re.compile(
    r"[/]work/|/home/|/root\b|/Users/|/tmp/|pypi\.org|ghcr\.io|docker\.io|registry\.npmjs", re.IGNORECASE
)
# printed by a run: the folders of its machine are not part of it
_ADDRESS = re.compile(r"https?://(?!127\.0\.0\.1|localhost|\{)[^\s)`'\">]+")
_ALLOWED_ADDRESSES = ("https://semver.org", "https://keepachangelog.com", "https://json-schema.org")


def pages() -> list[Path]:
    roots = [file for file in REPOSITORY.glob("*.md")]
    return sorted([*roots, *(REPOSITORY / "docs").rglob("*.md")])


def of(file: Path) -> str:
    return str(file.relative_to(REPOSITORY))


def targets() -> set[str]:
    return set(
        re.findall(r"^([a-z-]+):.*##", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("page", pages(), ids=of)
def test_page_links_resolve(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = [link for link in _LINK.findall(text) if not (page.parent / link).exists()]
    assert not broken


@pytest.mark.parametrize("page", pages(), ids=of)
def test_page_names_make_targets_that_exist(page: Path) -> None:
    named = {name for found in _TARGET.findall(page.read_text(encoding="utf-8")) for name in found if name}
    assert named <= targets()


@pytest.mark.parametrize("page", pages(), ids=of)
def test_page_tells_nothing_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not _FORBIDDEN.findall(text)
    assert [link for link in _ADDRESS.findall(text) if not link.startswith(_ALLOWED_ADDRESSES)] == []


@pytest.mark.parametrize(
    "page", [page for page in pages() if _FENCE.search(page.read_text(encoding="utf-8"))], ids=of
)
def test_page_shell_examples_are_readable_by_a_shell(page: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for block in blocks:
        read = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
        assert read.returncode == 0, read.stderr


def test_every_page_of_docs_is_in_an_index() -> None:
    indexes = [REPOSITORY / "docs/README.md", REPOSITORY / "docs/adr/README.md"]
    linked = {
        (index.parent / link).resolve()
        for index in indexes
        for link in _LINK.findall(index.read_text(encoding="utf-8"))
    }
    unlisted = [
        of(page) for page in (REPOSITORY / "docs").rglob("*.md") if page not in indexes and page not in linked
    ]
    assert unlisted == []


def test_every_decision_is_a_page_of_the_same_shape() -> None:
    for page in sorted((REPOSITORY / "docs/adr").glob("0*.md")):
        text = page.read_text(encoding="utf-8")
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Context", "Decision", "Consequences", "Alternatives"], page.name
        assert len(text.splitlines()) <= 60, page.name

"""The reference pages say what the declarations say."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services import openapi, reference
from services.declared import RESOURCES
from services.kit import glossary
from services.reference import PAGES, main, table, written


@pytest.fixture(autouse=True)
def contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they are committed; that these are what the services serve is tested with the contracts."""

    def document(service: str) -> dict[str, Any]:
        made: dict[str, Any] = json.loads((openapi.FOLDER / f"{service}.json").read_text(encoding="utf-8"))
        return made

    monkeypatch.setattr(reference, "document", document)


def test_table_text_with_a_bar_stays_in_its_cell() -> None:
    assert list(table(("a", "b"), [("x|y", "two\nlines")]))[2] == "| x\\|y | two lines |"


@pytest.mark.parametrize("name", PAGES)
def test_page_written_twice_is_the_same(name: str) -> None:
    assert written(PAGES[name]) == written(PAGES[name])


def test_imports_page_tells_every_column_of_every_kind() -> None:
    page = written(PAGES["imports.md"])
    kinds = [one for one in RESOURCES if "import" in one.access and one.write is not None]
    assert kinds
    for kind in kinds:
        section = page.split(f"`{kind.service}` `{kind.plural}`", 1)[1].split("\n## ", 1)[0]
        assert [column.name for column in kind.kind.columns if f"| `{column.name}` |" not in section] == []


def test_access_page_tells_every_operation() -> None:
    page = written(PAGES["access-matrix.md"])
    assert [
        name
        for one in RESOURCES
        for name in one.rows()
        if not name.endswith("_import") and f"`{name}`" not in page
    ] == []


def test_check_changed_page_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    assert main([]) == 0
    assert main(["--check"]) == 0
    page = tmp_path / "states.md"
    page.write_text(page.read_text(encoding="utf-8").replace("active", "busy"), encoding="utf-8")
    assert main(["--check"]) == 1
    assert "states.md" in capsys.readouterr().out


def test_no_term_of_the_glossary_stands_twice() -> None:
    """The later row would take the place of the earlier one, of whatever slice that is."""
    with glossary.FILE.open(encoding="utf-8", newline="") as lines:
        counted = Counter(row["term"] for row in csv.DictReader(lines))
    assert [term for term, count in counted.items() if count > 1] == []

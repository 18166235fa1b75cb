"""What the name of a file says."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.folder import NotLoadable, files_of, named

SUFFIXES = st.sampled_from([".csv", ".tsv", ".xlsx", ".ndjson", ".CSV", ".Xlsx"])
WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
SERVICES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@given(
    st.integers(0, 999_999_999),
    st.integers(0, 3),
    SERVICES,
    st.lists(WORDS, min_size=1, max_size=4),
    SUFFIXES,
)
def test_a_name_says_its_place_service_and_kind(
    order: int, zeros: int, service: str, words: list[str], suffix: str
) -> None:
    number, kind = str(order).zfill(min(9, len(str(order)) + zeros)), "-".join(words)
    found = named(Path(f"{number}-{service}-{kind}{suffix}"))
    assert found is not None
    assert (found.order, found.service, found.kind) == (order, service, kind)
    assert found.marked.name == f"{number}-{service}-{kind}-marked.xlsx"


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=40))
def test_any_other_name_is_told_and_never_a_crash(name: str) -> None:
    found = named(Path(name))
    assert found is None or found.name == name


@pytest.mark.parametrize(
    "name",
    [
        "jet-participants.csv", "010-participants.csv", "010-jet-.csv", "010--participants.csv", "010_jet_people.csv",
        "010-jet-participants.xls", "010-jet-participants", "010-jet-participants.csv.bak", "0１0-jet-people.csv",
        "010-Jet-participants.csv", "010-jet-participants (1).csv", "010-jet-people.csv\n",
    ],
)  # fmt: skip
def test_a_name_of_another_form_stops_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "010-jet-participants.csv").touch()
    (tmp_path / name).touch()
    with pytest.raises(NotLoadable) as raised:
        files_of(tmp_path)
    assert name in str(raised.value)


def test_a_folder_inside_is_told(tmp_path: Path) -> None:
    (tmp_path / "010-jet-participants.csv").mkdir()
    with pytest.raises(NotLoadable, match=r"010-jet-participants\.csv"):
        files_of(tmp_path)


def test_files_are_sorted_by_number_and_then_by_name(tmp_path: Path) -> None:
    for name in ("10-jet-b.csv", "010-jet-a.csv", "9-jet-z.csv", "100-jet-a.csv"):
        (tmp_path / name).touch()
    assert [file.name for file in files_of(tmp_path)] == [
        "9-jet-z.csv", "010-jet-a.csv", "10-jet-b.csv", "100-jet-a.csv",
    ]  # fmt: skip

"""A folder is loaded in its order, once, however often the loader or its connection breaks off."""

from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.api import TRIES
from client.folder import NOTES, NotLoadable, files_of
from client.load import State
from client.problem import Problem
from tests.client.importing import Fault, Killed, Service, load

NAMES = ("010-directory-countries.csv", "020-directory-organisations.csv", "030-directory-people.csv")
KINDS = ("countries", "organisations", "people")
GOOD = b"code\nA\nB\n"
BAD = b"code\nA\nbad\n"
LOST: list[Fault] = ["lost"]
BUSY: list[Fault] = ["busy"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, kind in zip(NAMES, KINDS, strict=True):
        (tmp_path / name).write_bytes(GOOD + kind.encode() + b"\n")
    return tmp_path


def states(service: Service, folder: Path, mode: str = "atomic", dry_run: bool = False) -> list[State]:
    return [outcome.state for outcome in load(service, folder, mode=mode, dry_run=dry_run)]


def sent(service: Service) -> list[str]:
    """The kinds of the uploads since the last look."""
    kinds = [request.url.params["kind"] for request in service.posts]
    service.posts.clear()
    return kinds


def stored(service: Service) -> list[str]:
    return [kind for kind, _ in service.stored]


def test_files_are_sent_in_their_order_and_by_a_second_run_not_at_all(folder: Path) -> None:
    (folder / NAMES[0]).rename(folder / "9-directory-countries.csv")
    service = Service()
    assert states(service, folder) == ["stored"] * 3
    assert sent(service) == list(KINDS)
    assert states(service, folder) == ["skipped"] * 3
    assert sent(service) == []


def test_a_changed_file_is_sent_again_and_no_other(folder: Path) -> None:
    service = Service()
    load(service, folder)
    sent(service)
    (folder / NAMES[1]).write_bytes(GOOD)
    assert states(service, folder) == ["skipped", "stored", "skipped"]
    assert sent(service) == ["organisations"]


def test_a_refused_file_ends_the_run_and_the_next_goes_on_from_there(folder: Path) -> None:
    service = Service()
    (folder / NAMES[1]).write_bytes(BAD)
    outcomes = load(service, folder)
    assert [outcome.state for outcome in outcomes] == ["stored", "refused"]
    assert [one["row"] for one in outcomes[1].problems] == [3]
    assert (folder / "020-directory-organisations-marked.xlsx").read_bytes() == b"PK marked"
    assert sent(service) == ["countries", "organisations"]
    (folder / NAMES[1]).write_bytes(GOOD)
    assert states(service, folder) == ["skipped", "stored", "stored"]
    assert sent(service) == ["organisations", "people"]


def test_a_refused_file_is_sent_again_as_it_is_for_what_it_needs_may_be_there_now(folder: Path) -> None:
    service = Service()
    (folder / NAMES[0]).write_bytes(BAD)
    assert states(service, folder) == ["refused"]
    assert states(service, folder) == ["refused"]
    assert len(service.imports) == 2


def test_a_file_that_cannot_be_taken_says_why(folder: Path) -> None:
    (folder / NAMES[0]).write_bytes(b"code\n")
    (outcome,) = load(Service(), folder)
    assert (outcome.state, outcome.said) == ("refused", "空です: 行がありません")


def test_in_part_goes_on_and_sends_what_was_refused_again(folder: Path) -> None:
    service = Service()
    (folder / NAMES[1]).write_bytes(BAD)
    assert states(service, folder, "partial") == ["stored", "refused", "stored"]
    sent(service)
    assert states(service, folder, "partial") == ["skipped", "refused", "skipped"]
    assert sent(service) == ["organisations"]


def test_a_trial_goes_through_all_files_and_leaves_nothing(folder: Path) -> None:
    service = Service()
    (folder / NAMES[1]).write_bytes(BAD)
    assert states(service, folder, dry_run=True) == ["tried", "refused", "tried"]
    assert not service.stored
    assert not (folder / NOTES).exists()


def test_a_lost_answer_is_asked_for_again_under_the_same_key(folder: Path) -> None:
    service = Service(faults=["fine", "lost"])
    assert states(service, folder) == ["stored"] * 3
    first, second = service.posts[:2]
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert stored(service) == list(KINDS)


def test_a_server_that_is_away_for_long_ends_the_run_and_the_next_stores_nothing_twice(folder: Path) -> None:
    service = Service(faults=["fine", *LOST * TRIES])
    assert states(service, folder) == ["broken"]
    service.faults = ["fine", *BUSY * (TRIES - 1)]
    assert states(service, folder) == ["stored"] * 3
    assert stored(service) == list(KINDS)
    assert len(service.imports) == 3


def test_a_loader_killed_before_it_could_note_the_receipt_stores_nothing_twice(folder: Path) -> None:
    service = Service(faults=["fine", "killed after"])
    with pytest.raises(Killed):
        load(service, folder)
    assert states(service, folder) == ["stored"] * 3
    assert stored(service) == list(KINDS)
    assert len({request.headers["Idempotency-Key"] for request in service.posts}) == 3


def test_an_import_under_way_is_waited_for_and_not_sent_again(folder: Path) -> None:
    service = Service(faults=["fine", "fine", "killed before"], polls=3)
    with pytest.raises(Killed):
        load(service, folder)
    assert states(service, folder) == ["stored"] * 3
    assert sent(service) == list(KINDS)


@pytest.mark.parametrize("killed_at", [["fine", "killed after"], ["fine", "fine", "killed before"]])
def test_a_file_changed_after_it_was_sent_is_stored_after_what_it_was(
    folder: Path, killed_at: list[Fault]
) -> None:
    service = Service(faults=killed_at)
    with pytest.raises(Killed):
        load(service, folder)
    before = (folder / NAMES[0]).read_bytes()
    (folder / NAMES[0]).write_bytes(GOOD)
    load(service, folder)
    assert service.stored[:2] == [("countries", before), ("countries", GOOD)]


def test_another_way_of_sending_is_another_import(folder: Path) -> None:
    service = Service(faults=["fine", "killed before"])
    with pytest.raises(Killed):
        load(service, folder)
    service.faults = ["fine", "fine", "killed after"]
    with pytest.raises(Killed):
        load(service, folder, mode="partial")
    assert states(service, folder) == ["stored"] * 3
    assert [one.query["mode"] for one in service.imports] == ["partial", "atomic", "atomic", "atomic"]


def test_a_server_that_was_set_up_anew_gets_everything_again(folder: Path) -> None:
    load(Service(), folder)
    anew = Service()
    assert states(anew, folder) == ["stored"] * 3


def test_another_kind_is_told_before_anything_is_sent(folder: Path) -> None:
    (folder / "040-directory-organisation.csv").write_bytes(GOOD)
    (folder / "050-elsewhere-people.csv").write_bytes(GOOD)
    service = Service()
    with pytest.raises(NotLoadable) as raised:
        load(service, folder)
    assert "040-directory-organisation.csv  → organisations?" in str(raised.value)
    assert "050-elsewhere-people.csv" in str(raised.value)
    assert not service.posts


def test_notes_that_cannot_be_read_say_what_to_do(folder: Path) -> None:
    (folder / NOTES).write_text(
        '{"http://a": {"010-directory-countries.csv": {"state": 1}}}', encoding="utf-8"
    )
    with pytest.raises(NotLoadable, match="Delete it"):
        load(Service(), folder)


FAULTS: list[Fault] = ["fine", "fine", "busy", "unreached", "lost", "killed before", "killed after"]


@settings(max_examples=30, deadline=None)
@given(
    runs=st.lists(
        st.tuples(
            st.lists(st.sampled_from(FAULTS), max_size=14),
            st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 3)), max_size=2),
        ),
        max_size=5,
    ),
    polls=st.integers(0, 6),
)
def test_however_it_breaks_off_the_last_of_each_file_is_stored_last_and_nothing_twice(
    runs: list[tuple[list[Fault], list[tuple[str, int]]]],
    polls: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Runs that break off anywhere, with files changed between them; then one that does not."""
    folder, service = tmp_path_factory.mktemp("folder"), Service(polls=polls)
    for name in NAMES:
        (folder / name).write_bytes(GOOD)
    for faults, changes in runs:
        service.faults = list(faults)
        with suppress(Killed, Problem, httpx.TransportError):
            load(service, folder)
        for name, version in changes:
            (folder / name).write_bytes(GOOD + b"%d\n" % version)
    service.faults = []
    assert set(states(service, folder)) <= {"stored", "skipped"}
    service.drain()
    last = dict(service.stored)
    assert [last[kind] for kind in KINDS] == [(folder / name).read_bytes() for name in NAMES]
    if not any(changes for _, changes in runs):
        assert stored(service) == list(KINDS)
    assert set(states(service, folder)) == {"skipped"}


def test_hidden_files_texts_and_marked_workbooks_are_passed_over(folder: Path) -> None:
    for name in (".DS_Store", "~$010-directory-countries.xlsx", "README.md", "010-directory-x-marked.xlsx"):
        (folder / name).touch()
    assert [file.name for file in files_of(folder)] == list(NAMES)


def test_a_folder_of_one_service(folder: Path) -> None:
    (folder / "005-jet-participants.XLSX").touch()
    assert [file.kind for file in files_of(folder, "jet")] == ["participants"]
    with pytest.raises(NotLoadable, match="There is no file"):
        files_of(folder, "grants")

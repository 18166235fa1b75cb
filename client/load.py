"""Loads the files of a folder in their order through the public API, each as one import.

It may end at any instant and be run again: what it is about to do is noted first, with the key under which the
server knows an upload that is sent again, so that nothing is stored twice and a file under way is found.
"""

import difflib
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import httpx

from client.api import Api, ImportFailed, ImportResult, Progress
from client.folder import File, Note, Notes, NotLoadable, files_of
from client.problem import Problem

# the first of a file's problems; those of the whole file come before those of its rows
PROBLEMS_READ = 100
COUNTS = ("rows", "created", "changed", "unchanged", "refused")
# that the same request never goes better; any other answer may be another one later
_FINAL = (400, 403, 404, 413, 415, 422)
# lost uploads are looked for among so many imports of their kind
_NEWEST = 500

State = Literal["skipped", "stored", "tried", "refused", "broken"]
Begin = Callable[[File], Progress]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file. `skipped`: stored by an earlier run. `tried`: a trial found no error. `broken`: not known."""

    file: File
    state: State
    counts: dict[str, int]
    problems: Sequence[dict[str, Any]] = ()
    problems_in_all: int = 0
    marked: Path | None = None
    said: str = ""
    """Why the file could not be taken at all, or what broke off."""
    part_stored: bool = False

    @property
    def good(self) -> bool:
        return self.state in ("skipped", "stored", "tried")


def _check_kinds(api: Api, files: Sequence[File]) -> None:
    """Asked before anything is sent: may this caller send files of these kinds?"""
    strange: list[str] = []
    for service in sorted({file.service for file in files}):
        kinds = _kinds(api, service)
        for file in files:
            if file.service == service and file.kind not in kinds:
                near = difflib.get_close_matches(file.kind, kinds)
                strange.append(f"  {file.name}" + (f"  → {', '.join(near)}?" if near else ""))
    if strange:
        raise NotLoadable(
            "この利用者が送れる種類ではありません。何も送っていません / "
            "Not of a kind that this client may send; nothing was sent:\n" + "\n".join(strange)
        )


def _kinds(api: Api, service: str) -> list[str]:
    try:
        return [one["kind"] for one in api.get(f"/{service}/v1/imports/kinds")["items"]]
    except Problem as problem:
        if problem.status not in (403, 404):
            raise
        return []


class Loader:
    """Sends the files of a folder as one caller. `mode` and `history` are those of every import.

    Raises NotLoadable, before anything is sent, for names and kinds that cannot be loaded.
    """

    def __init__(
        self, api: Api, folder: Path, *,
        service: str | None = None, mode: str = "atomic", history: bool = False, dry_run: bool = False,
    ) -> None:  # fmt: skip
        self.files = files_of(folder, service)
        _check_kinds(api, self.files)
        self._api, self._notes = api, Notes.read(folder, api.url)
        self._mode, self._history, self._dry_run = mode, history, dry_run

    def run(self, begin: Begin = lambda _: _unseen) -> Iterator[Outcome]:
        """Until the first that is not stored; a trial goes through them all. `begin` gets each file as its turn comes."""
        for file in self.files:
            outcome = self._one(file, begin(file))
            yield outcome
            if outcome.state == "broken":
                return
            if outcome.state == "refused" and not (self._dry_run or outcome.part_stored):
                return

    def _one(self, file: File, progress: Progress) -> Outcome:
        try:
            if self._dry_run:
                result = self._api.submit(
                    file.service, file.kind, file.path,
                    mode=self._mode, dry_run=True, history=self._history, progress=progress,
                )  # fmt: skip
                return self._outcome(file, result)
            sha256 = file.sha256()
            note = self._notes.of(file)
            if note is not None and self._done(file, note, sha256):
                return Outcome(file, "skipped", {"rows": note.counts["rows"]})
            return self._outcome(file, self._stored(file, note, sha256, progress))
        except ImportFailed as failed:
            return Outcome(file, "refused", {}, said=str(failed))
        except Problem as problem:
            return Outcome(file, "refused" if problem.status in _FINAL else "broken", {}, said=str(problem))
        except httpx.TransportError as error:
            return Outcome(file, "broken", {}, said=str(error) or type(error).__name__)

    def _done(self, file: File, note: Note, sha256: str) -> bool:
        """A server that was set up anew at the same address has forgotten the import, and gets the file again."""
        if note.state != "stored" or not note.tells_of(sha256, note.mode, self._history):
            return False
        return self._there(f"/{file.service}/v1/imports/{note.id}")

    def _there(self, path: str) -> bool:
        try:
            self._api.get(path)
        except Problem as problem:
            if problem.status != 404:
                raise
            return False
        return True

    def _stored(self, file: File, note: Note | None, sha256: str, progress: Progress) -> ImportResult:
        same = note is not None and note.tells_of(sha256, self._mode, self._history)
        if note is not None and note.state == "sending" and not same:
            note = self._arrived(file, note)
        if note is not None and note.state == "sent":
            # it ends first, or what was there before could be stored over what is there now
            ended = self._ended(file, note, progress)
            if same and isinstance(ended, ImportFailed):
                raise ended
            if same and isinstance(ended, ImportResult):
                return ended
        if note is None or note.state != "sending":
            note = Note("sending", sha256, self._mode, self._history, str(uuid.uuid4()))
            self._notes.put(file, note)
        receipt = self._api.upload(
            file.service, file.kind, file.path, mode=self._mode, history=self._history, key=note.key
        )
        # the server tells which bytes came: the file may have changed since it was read here
        arrived = replace(
            note,
            state="sent",
            sha256=receipt["sha256"],
            id=receipt["id"],
            receipt_number=receipt["receipt_number"],
        )
        self._notes.put(file, arrived)
        return self._followed(file, arrived, progress)

    def _ended(self, file: File, note: Note, progress: Progress) -> ImportResult | ImportFailed | None:
        """What came of a file that an earlier run has sent; None if the server does not know of it."""
        if not self._there(f"/{file.service}/v1/operations/{note.id}"):
            return None
        try:
            return self._followed(file, note, progress)
        except ImportFailed as failed:
            return failed

    def _arrived(self, file: File, note: Note) -> Note | None:
        """An upload whose answer was lost, of a file that has changed since: its import, if it did arrive."""
        query: dict[str, str | int] = {"kind": file.kind, "limit": _NEWEST}
        for one in self._api.get(f"/{file.service}/v1/imports", query)["items"]:
            if one["sha256"] == note.sha256:
                return replace(note, state="sent", id=one["id"], receipt_number=one["receipt_number"])
        return None

    def _followed(self, file: File, note: Note, progress: Progress) -> ImportResult:
        try:
            result = self._api.follow(file.service, note.id, progress)
        except ImportFailed:
            self._notes.put(file, replace(note, state="refused"))
            raise
        whole = result.stored and not result.refused
        self._notes.put(file, replace(note, state="stored" if whole else "refused", counts=_counts(result)))
        return result

    def _outcome(self, file: File, result: ImportResult) -> Outcome:
        problems: list[dict[str, Any]] = []
        if result.problems:
            problems = self._api.get(f"{result.path}/problems", {"limit": PROBLEMS_READ})["items"]
        wrong = any(one["severity"] == "error" for one in problems)
        good = not (result.refused or wrong) if self._dry_run else result.stored and not result.refused
        marked = None
        if not good and self._api.get(result.path)["marked_workbook"] is not None:
            marked = self._api.download(f"{result.path}/marked-workbook", file.marked)
        state: State = "refused" if not good else "tried" if self._dry_run else "stored"
        return Outcome(
            file, state, _counts(result), problems, result.problems, marked, part_stored=result.stored
        )


def _unseen(done: int, total: int | None) -> None:
    """Nobody looks on."""


def _counts(result: ImportResult) -> dict[str, int]:
    return {name: getattr(result, name) for name in COUNTS}

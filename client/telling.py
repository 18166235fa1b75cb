"""How imports are told on a terminal: the cells that are wrong, and what came of each file of a folder."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.table import Table

from client.api import Api, ImportResult, Progress
from client.folder import File
from client.load import COUNTS, Loader, Outcome

PROBLEMS_TOLD = 10
STATES = {
    "skipped": "保存済 stored before",
    "stored": "保存 stored",
    "tried": "誤りなし no error",
    "refused": "誤り refused",
    "broken": "中断 broken off",
}
NOT_SENT = "未送信 not sent"
HEADINGS = ("行\nrows", "新規\ncreated", "変更\nchanged", "変更なし\nunchanged", "誤り\nrefused")


def problem_lines(problems: Sequence[dict[str, Any]], in_all: int) -> Iterable[str]:
    """Of so many in all, those that are at hand: the cell, what is wrong with it, and what to do."""
    for one in problems:
        cell = f"{one['column']}{one['row']}" if one["column"] else f"{one['row']}行"
        message, remedy = one["message"], one["remedy"]
        yield f"{cell}  {message['ja']} {remedy['ja']}  {message['en'].rstrip('.')}. {remedy['en']}"
    if in_all > len(problems):
        yield f"… {in_all - len(problems)}"


def result_lines(result: ImportResult, problems: Sequence[dict[str, Any]]) -> Iterable[str]:
    yield from problem_lines(problems, result.problems)
    yield (
        f"{result.rows}行: 新規 created {result.created}, 変更 changed {result.changed}, "
        f"変更なし unchanged {result.unchanged}, 誤り refused {result.refused}; "
        f"{'保存しました stored' if result.stored else '保存していません not stored'}"
    )


def load_folder(
    api: Api, folder: Path, *, service: str | None, dry_run: bool, partial: bool, history: bool,
    console: Console, errors: Console,
) -> int:  # fmt: skip
    """Loads it and tells of it; returns how the command ends."""
    mode = "partial" if partial else "atomic"
    loader = Loader(api, folder, service=service, mode=mode, history=history, dry_run=dry_run)
    outcomes = _watched(loader, errors)
    for outcome in outcomes:
        for line in _told(outcome):
            console.print(line, markup=False)
    console.print(_table(loader.files, outcomes))
    for line in _what_next(outcomes, dry_run):
        console.print(line, markup=False)
    return 0 if all(outcome.good for outcome in outcomes) else 1


def _watched(loader: Loader, errors: Console) -> list[Outcome]:
    """One bar for the folder, and one for the rows of the file whose turn it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    outcomes: list[Outcome] = []
    with Bar(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        folder = bar.add_task("フォルダー folder", total=len(loader.files))
        rows = bar.add_task("", total=None)

        def begin(file: File) -> Progress:
            bar.reset(rows, description=file.name, total=None)
            return lambda done, total: bar.update(rows, completed=done, total=total)

        for outcome in loader.run(begin):
            outcomes.append(outcome)
            bar.advance(folder)
    return outcomes


def _told(outcome: Outcome) -> Iterable[str]:
    lines = list(problem_lines(outcome.problems[:PROBLEMS_TOLD], outcome.problems_in_all))
    if outcome.said:
        lines.append(outcome.said)
    if outcome.marked:
        lines.append(f"印を付けたファイル marked: {outcome.marked}")
    if lines:
        yield outcome.file.name
        yield from (f"  {line}" for line in lines)


def _table(files: Sequence[File], outcomes: Sequence[Outcome]) -> Table:
    table = Table()
    table.add_column("ファイル\nfile", no_wrap=True)
    table.add_column("結果\nresult", no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for outcome in outcomes:
        counts = [f"{outcome.counts[name]:,}" if name in outcome.counts else "" for name in COUNTS]
        table.add_row(outcome.file.name, STATES[outcome.state], *counts)
    for file in files[len(outcomes) :]:
        table.add_row(file.name, NOT_SENT, *("" for _ in COUNTS))
    return table


def _what_next(outcomes: Sequence[Outcome], dry_run: bool) -> Iterable[str]:
    refused = [outcome.file.name for outcome in outcomes if outcome.state == "refused"]
    if dry_run:
        yield (
            "試行では何も保存しません。前のファイルの記録を指す行は、それが保存されるまで誤りになることがあります / "
            "A trial stores nothing. Rows that name records of an earlier file may be refused until that file is stored"
        )
    elif refused:
        yield (
            f"上の誤りを直して、同じコマンドをもう一度実行してください（{', '.join(refused)}）。保存済みのファイルは"
            "送りません / Mend what is told above and run the same command again: what is stored is not sent again"
        )
    if outcomes[-1].state == "broken":
        yield (
            "しばらくしてから、同じコマンドをもう一度実行してください。続きから送り、二重には保存しません / "
            "Run the same command again later: it goes on from there, and nothing is stored twice"
        )

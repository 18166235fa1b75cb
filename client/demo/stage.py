"""How the story is told on a terminal: Japanese first, English beside it, and nothing that was not answered."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table

WIDTH = 110


class Stage:
    """Prints, and counts what did not turn out as expected."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(width=WIDTH, highlight=False, soft_wrap=True)
        self._acts = 0
        self.failures = 0

    def act(self, ja: str, en: str) -> None:
        self._acts += 1
        self._console.print()
        self._console.print(
            Rule(f"[bold]{self._acts}. {escape(ja)}[/]  {escape(en)}", align="left"), width=WIDTH
        )

    def say(self, ja: str, en: str) -> None:
        self._console.print(f"{escape(ja)}  [dim]{escape(en)}[/]")

    def wrote(self, path: object) -> None:
        self._console.print(f"  → [cyan]{escape(str(path))}[/]")

    def table(self, titles: Sequence[str], rows: Iterable[Sequence[Any]], right: Sequence[int] = ()) -> None:
        """`right` are the places of the columns with numbers."""
        shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="dim")
        for place, title in enumerate(titles):
            shown.add_column(escape(title), justify="right" if place in right else "left", overflow="fold")
        for row in rows:
            shown.add_row(*(escape(_written(value)) for value in row))
        self._console.print(shown, width=WIDTH, soft_wrap=False)

    def expect(self, ja: str, en: str, actual: object, expected: object) -> None:
        """What was answered beside what had to be answered."""
        if actual == expected:
            self._console.print(
                f"  [green]✓[/] {escape(ja)}  [dim]{escape(en)}[/]: {escape(_written(actual))}"
            )
            return
        self.failures += 1
        self._console.print(
            f"  [red bold]✗[/] {escape(ja)}  [dim]{escape(en)}[/]: {escape(_written(actual))}"
            f" [red](期待 expected {escape(_written(expected))})[/]"
        )


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい yes" if value else "いいえ no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple | list):
        return " / ".join(_written(one) for one in value) or "—"
    return str(value)

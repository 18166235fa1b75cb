"""Every bad file and body there is: named cases × kinds × media types."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.kit.imports.reading import CSV, TSV, XLSX
from tests.kit.imports.bad_rows import FORMS, Form, Grid, readable_rows, refused_rows
from tests.kit.imports.bad_texts import delimited, lines, ndjson, texts
from tests.kit.imports.bad_workbooks import numbers, workbooks, written

NDJSON = "application/x-ndjson"
MEDIA = (XLSX, CSV, TSV, NDJSON)
BOMB = 320_000_000
# what a file of lines has no place for, or says in its own way
_GRIDS_ALONE = (
    "headings",
    "title",
    "a template",
    "heading twice",
    "required column",
    "one column",
    "footers",
    "unknown",
)


@dataclass(frozen=True)
class BadFile:
    """`reads` says that it is understood in the end: it is tried, and nothing of it stored."""

    form: Form
    name: str
    media: str
    body: bytes
    reads: bool = False

    @property
    def label(self) -> str:
        return f"{self.form.kind} {self.media.partition(';')[0].rpartition('.')[2]}: {self.name}"


def rendered(form: Form, grid: Grid, media: str) -> bytes:
    if media == XLSX:
        return written(grid)
    return ndjson(form, grid) if media == NDJSON else delimited(grid, "," if media == CSV else "\t")


def _grids(form: Form) -> Iterator[tuple[str, Grid, bool]]:
    for name, grid in refused_rows(form):
        yield name, grid, False
    for name, grid in readable_rows(form):
        yield name, grid, True


def _mistaken(form: Form) -> Iterator[BadFile]:
    """Sound files under the name of another medium; tabs are known for what they are."""
    for meant in MEDIA:
        body = rendered(form, form.grid(form.sound), meant)
        for media in MEDIA:
            if media != meant and (meant, media) != (TSV, CSV):
                yield BadFile(form, f"sent for {meant}", media, body)


def _told(name: str, media: str) -> bool:
    return media != NDJSON or not name.startswith(_GRIDS_ALONE)


def _own(form: Form, media: str) -> Iterator[BadFile]:
    """What is wrong in the way of one medium."""
    if media == XLSX:
        for name, grid in numbers(form):
            yield BadFile(form, name, media, written(grid))
        for name, body in workbooks(form, BOMB):
            yield BadFile(form, name, media, body)
        return
    made = lines(form) if media == NDJSON else texts(form, "," if media == CSV else "\t")
    for name, body, charset in made:
        yield BadFile(form, name, f"{media}; charset={charset}" if charset else media, body)


def every() -> Iterator[BadFile]:
    for form in FORMS:
        for name, grid, reads in _grids(form):
            for media in MEDIA:
                if _told(name, media):
                    yield BadFile(form, name, media, rendered(form, grid, media), reads)
        for media in MEDIA:
            yield from _own(form, media)
        yield from _mistaken(form)


def few() -> Iterator[BadFile]:
    """The first of each sort: of cases that differ by a number or a word in their name, and of a case in two media."""
    seen = set()
    for file in _some():
        sort = re.split(r"[0-9#']| True| False", file.name)[0]
        if sort not in seen:
            seen.add(sort)
            yield file


def _some() -> Iterator[BadFile]:
    """Each grid with one kind in one medium, and with one kind what is a medium's own."""
    for turn, form in enumerate(FORMS):
        for place, (name, grid, reads) in enumerate(_grids(form)):
            media = MEDIA[place // len(FORMS) % len(MEDIA)]
            if place % len(FORMS) == turn and _told(name, media):
                yield BadFile(form, name, media, rendered(form, grid, media), reads)
        for media in ((XLSX,), (CSV, NDJSON), (TSV,))[turn]:
            yield from _own(form, media)
        yield from _mistaken(form)

"""The code blocks of a page that name the file they belong to: ```python title=services/…"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_BLOCK = re.compile(r"^```(\w+) title=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    language: str
    path: str
    text: str


def blocks(page: str) -> Iterator[Block]:
    for language, path, text in _BLOCK.findall(page):
        yield Block(language, path, text)


def apply(block: Block, folder: Path) -> Path:
    """Write a new file, or make the change that a diff shows; what it starts from must stand there once."""
    file = folder / block.path
    if block.language != "diff":
        assert not file.exists(), f"{block.path} exists"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
        return file
    lines = block.text.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{block.path} does not hold exactly once:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")
    return file

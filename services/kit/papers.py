"""Papers: certificates and letters as PDF, set by Typst from a template and data.

A paper is a `.typ` file beside the module that makes it; what papers share stands in `papers.typ` beside this one
and is imported as `/kit/papers.typ`. Data goes in as JSON beside the source, never into it: nothing that a person
typed is ever read as Typst. Pages are PDF/A-2b (to be kept) and PDF/UA-1 (to be read aloud), of the faces that are
locked with our libraries, and the same data give the same bytes.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
import typst

from services.kit.errors import Refusal
from services.kit.japan.reading import character_name
from services.kit.text import Text

MEDIA_TYPE = "application/pdf"
ROOT = Path(__file__).parent.parent  # a template may read what lies under services/, and nothing else

UNPRINTABLE = Refusal(
    "character_unprintable", "conflict",
    Text("印刷できない文字があります", "A character cannot be printed"),
    Text("{character} は書類の書体にないため、印刷できません。記録の表記を直してから、もう一度作成してください。",
         "{character} is in none of the faces for papers. Correct the record, then make the paper again."),
)  # fmt: skip

# what Typst says where a standard forbids to leave a gap: the text `"\u{7}"` could not be displayed …
_MISSING = re.compile(r'codepoint `"(?P<a>.+?)"`|text `"(?P<b>.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


async def pdf(template: Path, data: Mapping[str, Any], dated: date) -> bytes:
    """The paper of `template` over `data` (JSON values), whose properties say that it was made on `dated`.

    Refuses `character_unprintable` where no face has a letter of the data: a gap in a name is worse than no paper.
    """
    return await asyncio.to_thread(_set, template, data, dated)


def _set(template: Path, data: Mapping[str, Any], dated: date) -> bytes:
    compiler = typst.Compiler(
        template,
        root=ROOT,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    try:
        made = compiler.compile(
            format="pdf", pdf_standards=["a-2b", "ua-1"], timestamp=datetime.combine(dated, time(), UTC)
        )
    except typst.TypstError as error:
        missing = _MISSING.search(error.message)
        if missing is None:
            raise
        raise UNPRINTABLE(character=character_name(_letter(missing["a"] or missing["b"]))) from None
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """The Japanese faces of one library and the Latin ones of the other; never those of a machine."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[pylopdf_fonts_jp.serif_path().parent],
    )


def _letter(shown: str) -> str:
    """The first character of what Typst shows in its message."""
    escaped = _ESCAPED.match(shown)
    return chr(int(escaped[1], 16)) if escaped else shown[0]

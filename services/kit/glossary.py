"""The one glossary: every field, choice and resource has its Japanese and English title here.

Titles of columns, templates, OpenAPI and the reference page come from it; a field without a term
does not start.
"""

import csv
from functools import cache
from pathlib import Path

from services.kit.text import Text

FILE = Path(__file__).parents[1] / "glossary.csv"


@cache
def terms() -> dict[str, tuple[Text, Text]]:
    """identifier → (title, note)."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {
            row["term"]: (Text(row["ja"], row["en"]), Text(row["note_ja"], row["note_en"]))
            for row in csv.DictReader(lines)
        }


def title(term: str) -> Text:
    try:
        return terms()[term][0]
    except KeyError:
        raise LookupError(f"no term in the glossary: {term}") from None


def note(term: str) -> Text:
    return terms().get(term, (Text("", ""), Text("", "")))[1]

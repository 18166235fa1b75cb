"""Terms that the slices of internships share: fiscal years, Japanese levels, languages, and how rows name records."""

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field, StrictInt, StrictStr
from sqlalchemy import Table, Uuid, cast, func

from services.jet.internship_tables import internship_host, internship_programme
from services.jet.references import UNKNOWN_HERE
from services.jet.tables import participant
from services.kit.columns import Cell
from services.kit.findings import BadValue, Finding, Parsed
from services.kit.japan import cells
from services.kit.resource import Ref
from services.kit.text import Text
from services.kit.wire import Code, choice

Level = Literal["none", "n5", "n4", "n3", "n2", "n1"]
Levelled = Annotated[Level, choice("japanese_level", get_args(Level))]
FiscalYear = Annotated[StrictInt, Field(ge=1987, le=2200), cells.YEAR]
MOST_LANGUAGES = 10
_LANGUAGE = re.compile(r"[a-z]{2}")
BAD_LANGUAGES = Finding(
    "language_unreadable",
    Text("言語コードとして読み取れません", "These cannot be read as codes of languages"),
    Text(
        "ISO 639-1 の2文字（en、fr など）を空白で区切って入力してください。",
        "Enter two-letter codes of ISO 639-1, such as en or fr, with spaces between them.",
    ),
)


def _languages(raw: object) -> Parsed[list[str]]:
    said = " ".join(map(str, raw)) if isinstance(raw, list | tuple) else str(raw)
    found = re.sub("[、，,;；]", " ", said).lower().split()
    if len(found) > MOST_LANGUAGES or not all(_LANGUAGE.fullmatch(one) for one in found):
        raise BadValue(BAD_LANGUAGES)
    kept = sorted(set(found))
    return Parsed(kept, " ".join(kept))


def _in_order(given: list[str]) -> list[str]:
    return sorted(set(given))


LANGUAGES = Cell("languages", _languages, BAD_LANGUAGES.remedy, several=True, rules=("language_unreadable",))
Languages = Annotated[
    list[Annotated[StrictStr, Field(pattern=r"^[a-z]{2}$")]],
    Field(max_length=MOST_LANGUAGES), AfterValidator(_in_order), LANGUAGES,
]  # fmt: skip

UNKNOWN_PROGRAMME = Finding(
    "internship_unknown",
    Text("このコードのインターンシップはありません", "No internship programme has this code"),
    Text("インターンシップのコードを確認してください。", "Check the programme's code."),
)
UNKNOWN_HOST = Finding(
    "internship_host_unknown",
    Text("このコードの受入先はありません", "No host has this code"),
    Text("受入先のコードを確認してください。", "Check the host's code."),
)
ProgrammeCode = Code
PROGRAMME = Ref("programme_code", "programme_id", internship_programme, "code", UNKNOWN_PROGRAMME)


def host(field: str, column: str) -> Ref:
    return Ref(field, column, internship_host, "code", UNKNOWN_HOST)


def _oneself(table: Table) -> Any:
    return table.c.id == cast(func.platform.caller("person"), Uuid)


# Whoever is no member of CLAIR writes of nobody but themselves.
ONESELF = Ref("jet_number", "participant_id", participant, "jet_number", UNKNOWN_HERE, _oneself)

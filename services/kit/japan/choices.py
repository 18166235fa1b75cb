"""Cells that hold one of a few values, by the value itself or by its label in either language."""

import unicodedata
from collections.abc import Sequence

from services.kit.columns import Cell, Choice
from services.kit.findings import Parsed
from services.kit.japan.reading import refusal, shown, whole_number
from services.kit.text import Language, Text

_LIMIT = 200
_NAMED = 20


def choice(name: str, choices: Sequence[Choice]) -> Cell:
    by_key: dict[str, Choice] = {}
    for option in choices:
        for spelling in filter(None, (option.value, *option.label)):
            if by_key.setdefault(_key(spelling), option) is not option:
                raise ValueError(f"{name}: {spelling} stands for two choices")
    allowed = Text(_list(choices, "ja"), _list(choices, "en"))

    def parse(raw: object) -> Parsed[str]:
        number = whole_number(raw)
        written = raw if isinstance(raw, str) else "" if number is None else str(number)
        option = by_key.get(_key(written))
        if option is None:
            raise refusal(
                "not_a_choice",
                Text(f"「{shown(raw)}」は選択肢にありません。", f"“{shown(raw)}” is not one of the choices."),
                Text(f"次のいずれかを書いてください：{allowed.ja}", f"Write one of: {allowed.en}"),
                "L2-04",
            )
        return Parsed(option.value, option.label.ja)

    hint = Text(f"次のいずれか：{allowed.ja}", f"One of: {allowed.en}")
    return Cell(name, parse, hint, "text", tuple(choices), ("L2-04",))


def _key(text: str) -> str:
    text = text.strip()
    return unicodedata.normalize("NFKC", text).casefold() if len(text) <= _LIMIT else ""


def _list(choices: Sequence[Choice], language: Language) -> str:
    named = [option.label.within(language) for option in choices[:_NAMED]]
    return ("、" if language == "ja" else ", ").join(named) + (" …" if len(choices) > _NAMED else "")

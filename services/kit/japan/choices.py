"""Cells that hold one or several of a few values, by the value itself or by its label in either language."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from services.kit.columns import Cell, Choice, Raw
from services.kit.findings import BadValue, Parsed
from services.kit.japan.reading import refusal, shown, whole_number
from services.kit.text import Language, Text

_LIMIT = 200
_NAMED = 20
_BETWEEN = re.compile(r"[\n、,，;；]+")


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


def several(one: Cell) -> Cell:
    """Values of `one`, each once, with spaces or commas between them. No value holds either; a label may hold a space,
    and stands between commas."""

    def read(part: str) -> list[object]:
        try:
            return [one.parse(part).value]
        except BadValue:
            return [one.parse(word).value for word in part.split()]

    def parse(raw: Raw) -> Parsed[list[object]]:
        parts = [str(part) for part in raw] if isinstance(raw, tuple) else _BETWEEN.split(str(raw))
        found = [value for part in parts if part.strip() for value in read(part)]
        return Parsed(list(dict.fromkeys(found)), " ".join(map(str, found)))

    hint = Text(f"空白または「、」で区切る。{one.hint.ja}", f"With spaces or commas between them. {one.hint.en}")
    return replace(one, name=f"{one.name}_list", parse=parse, hint=hint, several=True)


def _key(text: str) -> str:
    text = text.strip()
    return unicodedata.normalize("NFKC", text).casefold() if len(text) <= _LIMIT else ""


def _list(choices: Sequence[Choice], language: Language) -> str:
    named = [option.label.within(language) for option in choices[:_NAMED]]
    return ("、" if language == "ja" else ", ").join(named) + (" …" if len(choices) > _NAMED else "")

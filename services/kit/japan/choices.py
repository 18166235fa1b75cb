"""Cells that hold one of a few values, by the value itself or by its label in either language."""

import re
import unicodedata
from collections.abc import Sequence

from services.kit.columns import Cell, Choice
from services.kit.findings import BadValue, Parsed
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


_BETWEEN = re.compile(r"[;；、，,\n]")
_ANY_GAP = re.compile(r"[;；、，,\s]+")


def choices(name: str, options: Sequence[Choice]) -> Cell:
    """Some of a few values in one cell, each by itself or by its label; a list of values in their given order."""
    one = choice(name, options)

    def parse(raw: object) -> Parsed[list[str]]:
        found = [one.parse(part) for part in _parts(raw, one)]
        return Parsed(
            list(dict.fromkeys(part.value for part in found)), "、".join(part.understood for part in found)
        )

    hint = Text(f"{one.hint.ja}（複数は「;」で区切る）", f"{one.hint.en} (several with ; between them)")
    return Cell(name, parse, hint, "text", one.choices, one.rules, several=True)


def _parts(raw: object, one: Cell) -> list[object]:
    """By marks; by spaces too where a part is no choice as it stands, since labels have spaces within."""
    if isinstance(raw, list | tuple):
        return list(raw)
    if not isinstance(raw, str):
        return [raw]
    whole = [part.strip() for part in _BETWEEN.split(raw) if part.strip()]
    try:
        for part in whole:
            one.parse(part)
    except BadValue:
        return [part for part in _ANY_GAP.split(raw) if part]
    return list(whole)


def _key(text: str) -> str:
    text = text.strip()
    return unicodedata.normalize("NFKC", text).casefold() if len(text) <= _LIMIT else ""


def _list(choices: Sequence[Choice], language: Language) -> str:
    named = [option.label.within(language) for option in choices[:_NAMED]]
    return ("、" if language == "ja" else ", ").join(named) + (" …" if len(choices) > _NAMED else "")

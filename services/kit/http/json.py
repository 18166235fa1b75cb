"""Strict JSON in, fast JSON out. NaN, lone surrogates, NUL and bottomless nesting are refused at the gate."""

import json
from typing import Any

import pydantic_core

from services.kit.errors import MALFORMED


def _clean(value: Any) -> bool:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if "\0" in item:
                return False
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return True


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    """A name twice is read differently by different readers."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")


def read(raw: bytes) -> Any:
    """The value of a JSON body; MALFORMED for anything that is not strict JSON in UTF-8."""
    try:
        value = pydantic_core.from_json(raw, allow_inf_nan=False, allow_partial=False)
        json.loads(raw, object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        raise MALFORMED() from None
    if b"\\u0000" in raw and not _clean(value):
        raise MALFORMED()
    return value


def write(value: Any) -> bytes:
    return pydantic_core.to_json(value)

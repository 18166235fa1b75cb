"""How a raw cell becomes text that a parser can match, and how it is quoted back.

Only full-width forms are folded. NFKC is not used on codes and numbers: it reads 5² as 52 and ① as 1.
Everything here is bounded: a cell of any length costs one strip.
"""

import re
from datetime import date

from services.kit.findings import BadValue, Finding
from services.kit.text import Text

TEXT_LIMIT = 60
# Excel keeps 15 digits; a longer number has already lost some.
NUMBER_LIMIT = 10**15

_FOLD: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= dict.fromkeys(map(ord, "‐‑‒–—―−ーｰ－"), "-")
_FOLD |= dict.fromkeys(map(ord, "\u3000\u00a0\t"), " ")
_FOLD |= {ord("￥"): "¥"}
_FOLD |= dict(zip(map(ord, "㍾㍽㍼㍻㋿"), ("明治", "大正", "昭和", "平成", "令和"), strict=True))
# A space between two digits parts them; any other is layout.
_LAYOUT_SPACE = re.compile(r"(?<![0-9]) +| +(?![0-9])")


def whole_number(raw: object) -> int | None:
    """The whole number a spreadsheet cell holds, typed codes (11002.0) among them."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    if isinstance(raw, float) and not raw.is_integer():
        return None
    return int(raw) if abs(raw) < NUMBER_LIMIT else None


def fold(text: str) -> str:
    """Full-width letters, digits, signs and squared era names as their plain forms."""
    return text.translate(_FOLD)


def folded(raw: object) -> str:
    """The plain text of a code, date or number; empty when the cell cannot hold one."""
    number = whole_number(raw)
    if number is not None:
        return str(number)
    if not isinstance(raw, str):
        return ""
    text = raw.strip()
    return _LAYOUT_SPACE.sub("", fold(text)) if len(text) <= TEXT_LIMIT else ""


def shown(raw: object) -> str:
    """What was read, fit to be quoted in a message: short, every unprintable character by its number."""
    if isinstance(raw, str):
        quoted = "".join(c if c.isprintable() else character_name(c) for c in raw[:40])
        return quoted + ("…" if len(raw) > 40 else "")
    if isinstance(raw, int) and abs(raw) >= NUMBER_LIMIT:
        return "…"
    return str(raw) if isinstance(raw, int | float | date) else type(raw).__name__


def character_name(character: str) -> str:
    return f"U+{ord(character):04X}"


def refusal(code: str, message: Text, remedy: Text, rule: str = "") -> BadValue:
    return BadValue(Finding(code, message, remedy, rule))


def warning(code: str, message: Text, remedy: Text, rule: str = "") -> Finding:
    return Finding(code, message, remedy, rule, "warning")

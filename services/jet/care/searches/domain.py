"""How words are found in what was said: whatever the width, case or kana typed."""

import unicodedata

_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return plain.translate(_KATAKANA)


def found_in(words: str, text: str) -> bool:
    """All of the words, which spaces part."""
    said = folded(text)
    return all(word in said for word in folded(words).split())

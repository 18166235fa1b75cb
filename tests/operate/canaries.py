"""Canary words: said in every place where a word can be said, and looked for wherever a word could be left."""

import base64
import random
from uuid import uuid4

_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"


class Canaries:
    """Every word begins alike, so that all are looked for at once. `kana` stands where no other letter may."""

    def __init__(self) -> None:
        self._mark, self._number = f"canary{uuid4().hex[:18]}", 0
        self.kana = "カナリア" + "".join(random.choices(_KATAKANA, k=12))

    def word(self) -> str:
        self._number += 1
        return f"{self._mark}{self._number:03d}"

    def __call__(self, said: str = "") -> str:
        return f"{said}{self.word()}"

    def within(self, found: bytes | str) -> list[str]:
        """What of them stands in this, as itself or as a dump, a token or a workbook writes it."""
        content = found.encode() if isinstance(found, str) else found
        told = []
        for needle in (self._mark, self.kana):
            for form in _forms(needle):
                if (at := content.find(form)) >= 0:
                    told.append(repr(content[max(0, at - 200) : at + 200]))
        return told


def _forms(needle: str) -> list[bytes]:
    """As text, hexadecimal, UTF-16, and base64 wherever in three bytes it begins."""
    plain = needle.encode()
    shifted = [base64.b64encode(b"\0" * shift + plain) for shift in range(3)]
    in_base64 = [one[4 if shift else 0 : -4] for shift, one in enumerate(shifted)]
    return [plain, plain.hex().encode(), needle.encode("utf-16-le"), *in_base64]

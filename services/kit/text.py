"""Text that a person reads, in Japanese and English."""

from typing import Literal, NamedTuple

Language = Literal["ja", "en"]


class Text(NamedTuple):
    ja: str
    en: str

    def within(self, language: Language) -> str:
        return self.ja if language == "ja" else self.en

    def fill(self, **values: object) -> "Text":
        return Text(self.ja.format(**values), self.en.format(**values))

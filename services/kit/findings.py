"""What is wrong with one value, said so that a clerk can mend it."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from services.kit.text import Text

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one value.

    `rule` cites the rule that was broken: one of ours, or one of the 30 of
    行政データにおける機械可読性に関するルール (L1-01 … L3-09); empty when none applies.
    """

    code: str
    message: Text
    remedy: Text
    rule: str = ""
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """A value as understood, the text to say it back with, and remarks that do not refuse it."""

    value: T
    understood: str
    warnings: tuple[Finding, ...] = ()


class BadValue(ValueError):
    """A value that cannot be understood; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding

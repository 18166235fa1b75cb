"""Rules of documents (文書): their kinds, which register each is numbered in, and the text of a number."""

from typing import Literal, get_args

from services.kit.errors import Refusal
from services.kit.japan.era import ERAS, era_of
from services.kit.japan.fiscal_year import FiscalYear, first_day
from services.kit.text import Text

Series = Literal["issued", "received"]
Received = Literal["application", "withdrawal", "declination"]
Issued = Literal[
    "selection_notice", "waitlist_notice", "rejection_notice", "dismissal_notice", "decision_notice"
]
Kind = Received | Issued
SERIES: tuple[Series, ...] = get_args(Series)
KINDS: tuple[Kind, ...] = (*get_args(Received), *get_args(Issued))

VOIDED = Text("この文書はすでに無効です。", "This document is void already.")
STAYS = Refusal(
    "document_stays", "conflict",
    Text("発行・収受した文書は変更できません", "A document stays as it was filed"),
    Text("誤りがあるときは、理由を記録して無効にし、新しい番号で発行してください。",
         "Where it is wrong, void it with the reason and issue another under a new number."),
)  # fmt: skip
SIGN_TAKEN = Refusal(
    "document_sign_taken", "conflict",
    Text("文書番号の記号が、別の担当課と重なっています", "Another section has numbers under this sign"),
    Text("このシステムの管理者に、担当課の記号（KAKEHASHI_GRANT_SECTIONS）の変更を依頼してください。何も登録されていません。",
         "Ask whoever runs this installation for another sign of the section (KAKEHASHI_GRANT_SECTIONS). Nothing was stored."),
)  # fmt: skip


def series_of(kind: Kind) -> Series:
    """収 of what the section received, 発 of what it issued."""
    return "received" if kind in get_args(Received) else "issued"


def sign(section_sign: str, year: FiscalYear, series: Series) -> str:
    """What stands before 第…号: the year, the series and the section (令7発助交). The era of October names the year."""
    day = first_day(year).replace(month=10)
    era = era_of(day) or ERAS[-1]
    number = day.year - era.start.year + 1
    told = "元" if number == 1 else str(number)
    return f"{era.name[0]}{told}{'収' if series == 'received' else '発'}{section_sign}"


def yen(amount: int) -> str:
    return f"{amount:,}円"


def sum_of(amount: int) -> str:
    """As a letter says what is promised, so that no figure is put before it."""
    return f"金{yen(amount)}"


def head_of(kind: str, name: str) -> str:
    """To whom at an organisation a letter goes: 香川県知事, 高松市長; elsewhere whoever represents it."""
    if kind == "prefecture":
        return f"{name}知事"
    if kind in ("designated_city", "city", "special_ward", "town", "village"):
        return f"{name}長"
    return f"{name}　代表者"

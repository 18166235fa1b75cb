"""Rules of vendors' monthly returns: how many contacts of a channel, without any person.

A return is of a month that is over, and of a year whose figures are not released yet. 件 (contacts), 名 (persons, each in
the month of the first contact of the fiscal year) and 回 (sessions) stand apart and are never added to each other.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal, NamedTuple
from unicodedata import normalize

from services.kit.findings import Finding
from services.kit.text import Text

Unit = Literal["cases", "persons", "times"]

MONTH_NOT_OVER = Finding(
    "month_not_over",
    Text("この月はまだ終わっていません", "This month is not over yet"),
    Text("月が終わってから、翌月以後に報告してください。", "Report a month once it is over."),
)
YEAR_RELEASED = Finding(
    "year_released",
    Text("この年度の集計はすでに公表されています", "The figures of this fiscal year are released already"),
    Text("公表後の年度の件数は変更できません。CLAIR の相談事業担当に連絡してください。",
         "Counts of a released year stand as they are. Tell CLAIR's officer of counselling."),
)  # fmt: skip
CHANNEL_UNKNOWN = Finding(
    "channel_not_in_month",
    Text("この月にこの相談手段はありません", "There is no such channel in this month"),
    Text(
        "相談手段の一覧にあるコードか名称を書いてください。",
        "Give a code or a label of the list of channels.",
    ),
)
VENDOR_UNKNOWN = Finding(
    "vendor_unknown",
    Text("この団体コードの団体はないか、あなたの団体ではありません", "No organisation has this code, or it is not yours"),
    Text("団体コードを確認してください。自分の団体の件数だけを報告できます。",
         "Check the code. A vendor reports its own counts alone."),
)  # fmt: skip


class Channel(NamedTuple):
    """Of the dated code list: its code, and the labels that stand for it while it is in use."""

    code: str
    labels: tuple[str, ...]
    since: date | None
    until: date | None


def channel_of(given: str, channels: Iterable[Channel], day: date) -> str | None:
    """Its code, by code or label, whatever the width typed."""
    wanted = normalize("NFKC", given).strip().casefold()
    return next(
        (
            one.code
            for one in channels
            if wanted in (one.code, *(normalize("NFKC", label).casefold() for label in one.labels))
            and (one.since is None or one.since <= day)
            and (one.until is None or day <= one.until)
        ),
        None,
    )


def first_of(fiscal_year: int, month: int) -> date:
    """The first day of a month of a fiscal year (April to March)."""
    return date(fiscal_year + (month < 4), month, 1)


def month_after(fiscal_year: int, month: int) -> date:
    """The first day after it."""
    first = first_of(fiscal_year, month)
    return date(first.year + month // 12, month % 12 + 1, 1)


def quarter_of(month: int) -> str:
    """April to June are the first quarter of a fiscal year."""
    return str((month - 4) % 12 // 3 + 1)

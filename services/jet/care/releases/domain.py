"""What is released of a fiscal year of counselling: which tables, of which cells, and under which rules.

The national totals of a year by channel and unit are exact, as the business report prints them. Every finer cut is a table
of fixed cells, the same each year: a channel by one dimension more. A cell is shown, rounded, or withheld. What one cut
tells of another goes through the totals, or through what is declared in LINKS.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from services.jet.care.returns.domain import quarter_of
from services.kit.errors import Refusal
from services.kit.japan.fiscal_year import first_day
from services.kit.text import Text

LOCAL = ("prefecture", "designated_city", "city", "special_ward", "town", "village", "ward")
PREFECTURES = tuple(f"{number:02d}" for number in range(1, 48))
NONE = "none"

YEAR_NOT_OVER = Refusal(
    "year_not_over", "conflict",
    Text("年度がまだ終わっていません", "The fiscal year is not over yet"),
    Text("公表用の集計は、年度が終わってから一度だけ作成できます。",
         "Figures are released once, after the end of the fiscal year."),
)  # fmt: skip
RELEASED = Refusal(
    "year_released_already", "conflict",
    Text("この年度の集計はすでに公表されています", "The figures of this fiscal year are released already"),
    Text("公表した集計は変わらず、作り直せません。", "A release stands as it is and is never made anew."),
)  # fmt: skip
NOTHING = Refusal(
    "year_without_figures", "conflict",
    Text("この年度の件数がありません", "Nothing is counted in this fiscal year"),
    Text("報告がそろってから作成してください。", "Release it once the returns are in."),
)  # fmt: skip


class Rules(NamedTuple):
    """`threshold`: below it a cell is withheld. `rounding`: what is shown is a multiple of it. `protection`: over how many
    values at least what is withheld stays open, unless the exact totals alone leave it fewer; not less than the threshold."""

    threshold: int = 10
    rounding: int = 5
    protection: int = 10


class Fact(NamedTuple):
    """How many of a channel and unit in a month, at an organisation of a kind. `prefecture`: two digits; of a contact that
    of the participant's host authority, of a return that of the vendor where it is a local government."""

    channel: str
    unit: str
    month: int
    kind: str
    prefecture: str
    value: int


class Key(NamedTuple):
    cut: str
    channel: str
    part: str
    unit: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What is withheld in one unit is withheld in each."""
        return self.cut, self.channel, self.part


class Equation(NamedTuple):
    """What everybody may know of cells: their sum, each with its sign."""

    terms: Mapping[Key, int]
    total: int


class Sheet(NamedTuple):
    """All cells of a release together, and what binds them."""

    cells: Mapping[Key, int]
    equations: tuple[Equation, ...]


class Cut(NamedTuple):
    """A channel by one dimension more. `term`: the glossary's, of which the titles of its parts come."""

    name: str
    term: str
    parts: tuple[str, ...]
    of: Callable[[Fact], str]


class Link(NamedTuple):
    """Parts of one cut which, together, are known to differ from parts of another by so much as may be known."""

    one: str
    parts: frozenset[str]
    other: str
    others: frozenset[str]


def vendor_kind(organisation: str) -> str:
    """By the directory's kind of organisation."""
    return (
        "local_government" if organisation in LOCAL else "company" if organisation == "company" else "other"
    )


def prefecture_of(code: str | None) -> str:
    """Of a local government's code of six digits."""
    found = code[:2] if code is not None and re.fullmatch(r"\d{6}", code) else NONE
    return found if found in PREFECTURES else NONE


CUTS = (
    Cut("channel-by-quarter", "quarter", ("1", "2", "3", "4"), lambda fact: quarter_of(fact.month)),
    Cut(
        "channel-by-vendor-kind",
        "vendor_kind",
        ("local_government", "company", "other"),
        lambda fact: fact.kind,
    ),
    Cut("channel-by-prefecture", "prefecture", (*PREFECTURES, NONE), lambda fact: fact.prefecture),
)
# A return of a local government is of its own prefecture: the two tables tell of each other.
LINKS = (
    Link(
        "channel-by-vendor-kind", frozenset({"local_government"}),
        "channel-by-prefecture", frozenset(PREFECTURES),
    ),
)  # fmt: skip


SERVICE = Text("JET オンラインカウンセリングサービス", "JET online counselling service")
SUBSIDY = Text("メンタルヘルスカウンセリング助成", "Mental health counselling subsidy")
AUDIENCE = Text("JET プログラム参加者", "JET Programme participants")


class Line(NamedTuple):
    """A line of the business report's table 51; each unit has a column, which is empty where nothing is counted in it."""

    row_no: int
    service: str
    channel_code: str | None
    channel: str | None
    audience: str
    cases: int | None
    persons: int | None
    times: int | None


def lines(
    exact: Mapping[tuple[str, str], int], channels: Mapping[str, str], claims: tuple[int, int] | None
) -> list[Line]:
    """`channels` in the order of the report, with their printed labels. `claims`: subsidies granted, and to how many."""
    counted = [code for code in channels if any(channel == code for channel, _ in exact)]
    made = [
        Line(
            number, SERVICE.ja, code, channels[code], AUDIENCE.ja,
            *(exact.get((code, unit)) for unit in ("cases", "persons", "times")),
        )
        for number, code in enumerate(counted, 1)
    ]  # fmt: skip
    if claims is not None:
        made.append(Line(len(made) + 1, SUBSIDY.ja, None, None, AUDIENCE.ja, *claims, None))
    return made


def over(fiscal_year: int, today: date) -> bool:
    return today >= first_day(fiscal_year + 1)


def totals(facts: Iterable[Fact]) -> dict[tuple[str, str], int]:
    """Of each channel and unit, over the year."""
    found: dict[tuple[str, str], int] = {}
    for fact in facts:
        found[(fact.channel, fact.unit)] = found.get((fact.channel, fact.unit), 0) + fact.value
    return found


def sheet(facts: Iterable[Fact], cuts: Iterable[Cut] = CUTS, links: Iterable[Link] = LINKS) -> Sheet:
    """Every cell of each cut, zero or not, for each channel and unit that has a total; and what anybody may know of them:
    the exact totals, and by how much linked parts differ, which is taken as known."""
    facts, cuts = list(facts), tuple(cuts)
    exact = totals(facts)
    cells = {
        Key(cut.name, channel, part, unit): 0 for cut in cuts for part in cut.parts for channel, unit in exact
    }
    for cut in cuts:
        for fact in facts:
            cells[Key(cut.name, fact.channel, cut.of(fact), fact.unit)] += fact.value
    bound = [
        Equation({Key(cut.name, channel, part, unit): 1 for part in cut.parts}, total)
        for cut in cuts
        for (channel, unit), total in exact.items()
    ]
    for link in links:
        for channel, unit in exact:
            terms = {Key(link.one, channel, part, unit): 1 for part in link.parts}
            terms |= {Key(link.other, channel, part, unit): -1 for part in link.others}
            bound.append(Equation(terms, sum(sign * cells[key] for key, sign in terms.items())))
    return Sheet(cells, tuple(bound))


def rounded(value: int, base: int) -> int:
    """To the nearest multiple; halfway up."""
    return (value + base // 2) // base * base


def told(shown: int, rules: Rules) -> tuple[int, int]:
    """Between which values that lies which is shown as this number, as everybody can tell who knows the rules."""
    lowest = shown - rules.rounding // 2
    return max(rules.threshold, lowest), lowest + rules.rounding - 1

"""Why somebody got which place, in both languages: what was met, and of every better preference why not.

Nobody else is named: places are taken by a number of others, and what a place would have cost is said of the whole.
"""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from services.jet.internship_assignments.domain import (
    Assignment,
    Case,
    Host,
    Placed,
    Score,
    Unmet,
    Wish,
)
from services.kit import glossary
from services.kit.text import Text

_ORDINALS = (
    Text("第1希望", "First choice"),
    Text("第2希望", "Second choice"),
    Text("第3希望", "Third choice"),
)
KEPT = Text(
    "すでに公開された配属がそのまま残ります。", "The assignment that was published before stands as it is."
)
NOBODY = Text("配属先はありません。", "There is no place for you in this run.")


def explained(case: Case, found: Assignment, seed: str) -> Iterator[tuple[UUID, Text]]:
    """application → its explanation."""
    hosts = {one.id: one for one in case.hosts}
    taken = Counter(one.host for one in found.placed if one.host is not None)
    taken.update(host for _, host in case.kept)
    first = Counter(one.host for one in found.placed if one.rank == 1)
    for one in found.placed:
        said = [_decided(one, hosts)]
        for rank, wish in enumerate(one.wishes):
            if wish.outcome not in ("met", "not_needed"):
                told = _why(
                    wish, one, hosts[wish.host], (taken[wish.host], first[wish.host]), found.score, seed
                )
                name = hosts[wish.host].name
                said.append(
                    Text(
                        f"{_ORDINALS[rank].ja}「{name.ja}」：{told.ja}",
                        f"{_ORDINALS[rank].en}, {name.en}: {told.en}",
                    )
                )
        yield one.application, Text("\n".join(text.ja for text in said), "\n".join(text.en for text in said))


def _decided(one: Placed, hosts: dict[UUID, Host]) -> Text:
    if one.host is None or one.rank is None:
        return NOBODY
    name, which = hosts[one.host].name, _ORDINALS[one.rank - 1]
    return Text(f"{which.ja}「{name.ja}」に配属されます。", f"{which.en} met: {name.en}.")


def _why(wish: Wish, one: Placed, host: Host, taken: tuple[int, int], whole: Score, seed: str) -> Text:
    if wish.outcome == "condition":
        told = [_condition(unmet) for unmet in wish.unmet]
        return Text("".join(text.ja for text in told), " ".join(text.en for text in told))
    others, first = taken
    full = Text(
        f"受入枠{host.places}名には他の{others}名（うち第1希望{first}名）が入りました。",
        f"its {host.places} places went to {others} others, {first} of them by first choice.",
    )
    if wish.outcome == "lottery":
        return Text(
            f"{full.ja}同じ良さの結果が複数あり、抽選（種 {seed}）で決まりました。あなたの番号は{one.number}番で、"
            "この枠に入ると、番号が先の人の結果が変わります。",
            f"{full.en} Several results were equally good and the lottery (seed {seed}) decided: your number is "
            f"{one.number}, and with this place somebody drawn before you would get another result.",
        )
    if wish.instead is None:
        return Text(
            f"受入枠{host.places}名は、すでに公開された配属で埋まっています。",
            f"its {host.places} places are held by assignments that were published before.",
        )
    cost = _cost(wish.instead, whole)
    return Text(full.ja + cost.ja, f"{full.en} {cost.en}")


def _cost(instead: Score, whole: Score) -> Text:
    """The price of a place: how good the whole could have been at best if this had been granted."""
    return Text(
        f"この枠にあなたが入ると、全体で最も良くても配属{instead.assigned}名（今は{whole.assigned}名）、"
        f"第1希望{instead.first}名（{whole.first}名）、第2希望{instead.second}名（{whole.second}名）になります。",
        f"Taking this place would have cost the whole: at best {instead.assigned} assigned (now {whole.assigned}), "
        f"{instead.first} first choices ({whole.first}) and {instead.second} second choices ({whole.second}).",
    )


def _condition(one: Unmet) -> Text:
    if one.condition == "left":
        return Text(
            "開始日にはJETプログラムの参加が終わっています。",
            "your participation has ended by the first day.",
        )
    if one.condition == "year":
        return Text(
            f"{one.needed}年目以上が条件です（あなたは{one.has}年目）。",
            f"it asks for year {one.needed} of participation at least (you are in year {one.has}).",
        )
    if one.condition == "japanese_level":
        needed, has = (glossary.title(f"japanese_level.{level}") for level in (one.needed, one.has))
        return Text(
            f"日本語{needed.ja}以上が条件です（申込では{has.ja}）。",
            f"it asks for Japanese {needed.en} at least (your application says {has.en}).",
        )
    return Text(
        f"必要な言語（{one.needed}）がありません。", f"it asks for languages that you lack ({one.needed})."
    )

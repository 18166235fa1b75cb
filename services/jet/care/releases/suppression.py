"""Which cells are withheld: those below the threshold, and as many others as it takes that none of them is recovered.

Which others is drawn by lot, so that the choice tells nothing of the values; a release is drawn once and stands.
"""

from collections.abc import Sequence
from random import Random, SystemRandom

from services.jet.care.releases.audit import Audit, parts
from services.jet.care.releases.domain import Key, Rules, Sheet, rounded

Place = tuple[str, str, str]


def withheld(sheet: Sheet, rules: Rules, lot: Random | None = None) -> frozenset[Key]:
    """Keys of the cells that are not shown, in every unit of their place."""
    places = sorted({key.place for key in sheet.cells})
    (lot or SystemRandom()).shuffle(places)
    gone = {key.place for key, value in sheet.cells.items() if value < rules.threshold}
    audits = [Audit(sheet, equations, rules) for equations in parts(sheet)]
    stale = audits
    while stale:
        audit = stale[-1]
        if audit.weak([key for key in audit.cells if key.place in gone]) is None:
            stale = stale[:-1]
            continue
        more = _next(places, gone, audit)
        gone.add(more)
        # whatever shows a cell of this place is asked again
        stale = [
            *stale,
            *(one for one in audits if one not in stale and any(key.place == more for key in one.cells)),
        ]
    return frozenset(key for key in sheet.cells if key.place in gone)


def _next(places: Sequence[Place], gone: set[Place], audit: Audit) -> Place:
    """The first by lot that is still shown. There is one: with every cell withheld, the totals alone tell."""
    shown = {key.place for key in audit.cells} - gone
    return next(place for place in places if place in shown)


def published(sheet: Sheet, rules: Rules, lot: Random | None = None) -> dict[Key, int | None]:
    """Each cell as it is shown: rounded, or None where it is withheld."""
    gone = withheld(sheet, rules, lot)
    return {
        key: None if key in gone else rounded(value, rules.rounding) for key, value in sheet.cells.items()
    }

"""Career fairs: what is announced, and who is shown of those who come.

kogyo exhibits at the first fair, shoji at another, azami on the second day of a third; one fair is over, and closed to its
exhibitor. Quince consents to two fairs, Quitter to the one with azami, Quaver to none. No two are there on one day.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.support.serving import Caller
from tests.walls import loading
from tests.walls.world import JET_NUMBERS, Actor, code

if TYPE_CHECKING:
    from tests.walls.loading import World

OWN = ("coordinator", "participant")
RESTRICTED = {("fair-registrations", name): OWN for name in ("wishes", "cv", "ticket")}
COORDINATOR = Caller("coordinator")
# fair → its first day, and until when exhibitors see candidates
FAIRS = {
    "WALLS-A": ("2188-05-01", "2188-07-01"),
    "WALLS-B": ("2188-06-01", "2188-07-01"),
    "WALLS-C": ("2020-05-01", "2020-07-01"),
    "WALLS-D": ("2188-06-11", "2188-07-01"),
}
EXHIBITORS: tuple[tuple[str, str, list[int]], ...] = (
    ("WALLS-A", "kogyo", []), ("WALLS-D", "azami", [2]), ("WALLS-B", "shoji", []), ("WALLS-C", "kogyo", []),
)  # fmt: skip
# day, person, whether they consent, and to whom that shows them
COMING: tuple[tuple[str, str, bool, frozenset[str]], ...] = (
    ("WALLS-A-1", "Quince", True, frozenset({"kogyo"})),
    ("WALLS-B-1", "Quince", True, frozenset({"shoji"})),
    ("WALLS-D-2", "Quitter", True, frozenset({"azami"})),
    ("WALLS-A-2", "Quaver", False, frozenset()),
    ("WALLS-C-1", "Quorum", True, frozenset()),
)
# whose slot on which day, and who takes it
SLOTS = (
    ("WALLS-A-1", "kogyo", "Quince"), ("WALLS-D-2", "azami", "Quitter"), ("WALLS-B-1", "shoji", ""),
)  # fmt: skip


def load(made: "World") -> None:
    _announced(made)
    registered: dict[tuple[str, str], Any] = {}
    for day, name, consents, shown in COMING:
        body = loading.create(
            made.jet, COORDINATOR, "fair-registrations", "jet", day_code=day, jet_number=JET_NUMBERS[name],
            headline=f"{name} at a fair", cv="架空の経歴",
        )  # fmt: skip
        registered[day, name] = body
        if consents:
            person = made.caller(Actor("participant", person=name))
            answer = made.jet.call(
                "jet_fair_registrations_consent", person, path={"ref": body["id"]},
                json={"shared_fields": ["headline"]},
            )  # fmt: skip
            assert answer.status_code == 201, answer.text
        made.keep("fair-registrations", body, frozenset(), name)
        if shown:
            made.keep("fair-candidates", body, shown)
    came = loading.create(
        made.jet, COORDINATOR, "fair-attendances", "jet", day_code="WALLS-C-1", jet_number=JET_NUMBERS["Quorum"]
    )  # fmt: skip
    made.keep("fair-attendances", came, frozenset(), "Quorum")
    for day, organisation, name in SLOTS:
        held_on = made_on(day)
        slot = loading.create(
            made.jet, COORDINATOR, "interview-slots", "jet", day_code=day, organisation_code=code(organisation),
            starts_at=f"{held_on}T11:00:00+09:00", ends_at=f"{held_on}T11:20:00+09:00",
        )  # fmt: skip
        made.keep("interview-slots", slot, frozenset({organisation}))
        if name:
            body = {"slot_id": slot["id"], "candidate_id": registered[day, name]["id"]}
            person = made.caller(Actor("participant", person=name))
            interview = loading.create(made.jet, person, "fair-interviews", "jet", **body)
            made.keep("fair-interviews", interview, frozenset({organisation}), name)


def made_on(day: str) -> str:
    """The second day of a fair is the day after its first."""
    fair, number = day.rsplit("-", 1)
    return str(date.fromisoformat(FAIRS[fair][0]) + timedelta(days=int(number) - 1))


def _announced(made: "World") -> None:
    everybody = frozenset(made.organisations)

    def keep(plural: str, organisations: frozenset[str], **body: Any) -> None:
        made.keep(plural, loading.create(made.jet, COORDINATOR, plural, "jet", **body), organisations)

    for fair, (_, until) in FAIRS.items():
        keep(
            "career-fairs", everybody, fair_code=fair, fiscal_year=2188, name_ja="架空フェア", name_en="Fair",
            candidates_until=f"{until}T00:00:00+09:00",
        )  # fmt: skip
        for number in (1, 2):
            held_on = made_on(f"{fair}-{number}")
            keep(
                "career-fair-days", everybody, fair_code=fair, day_number=number, held_on=held_on,
                opens_at=f"{held_on}T10:00:00+09:00", closes_at=f"{held_on}T17:00:00+09:00", venue="架空会館",
            )  # fmt: skip
    for fair, name, numbers in EXHIBITORS:
        keep(
            "fair-exhibitors", frozenset({name}), fair_code=fair, organisation_code=code(name), day_numbers=numbers
        )  # fmt: skip

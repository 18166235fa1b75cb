"""Training in the world: what is offered is known to all who take part in the programme, who reports how many came is the
run's organiser, and what CLAIR gave organisations is CLAIR's own matter."""

from typing import TYPE_CHECKING

from tests.walls import loading, world

if TYPE_CHECKING:
    from tests.walls.loading import World
    from tests.walls.second_wall import Asker, Row, Wall

COURSE, EDITION = "WALLS-COURSE", "WALLS-EDITION"
DEFINITIONS = ("training_course", "training_edition", "training_run", "training_session")
EVERYONE = frozenset(world.ORGANISATIONS)


def run_code(organiser: str) -> str:
    return f"WALLS-RUN-{organiser.upper()}"


def load(made: "World") -> None:
    """An edition with a run that CLAIR organises, and one of each of two host authorities, all of them begun."""

    def store(plural: str, organisations: frozenset[str], **body: object) -> None:
        kept = loading.create(made.jet, loading.COORDINATOR, plural, "jet", **body)
        made.keep(plural, kept, organisations)

    store(
        "training-courses",
        EVERYONE,
        code=COURSE,
        kind="alt_conference",
        title_ja="架空研修",
        title_en="Course",
    )
    store(
        "training-editions", EVERYONE, code=EDITION, course_code=COURSE, fiscal_year=2023, name_ja="架空研修",
        name_en="Course", audiences=["alt"], delivery="on_site", counted_by="headcount",
    )  # fmt: skip
    for organiser in ("clair", "ume", "take"):
        hosted = {} if organiser == "clair" else {"organiser_code": world.code(organiser)}
        store(
            "training-runs", EVERYONE, code=run_code(organiser), edition_code=EDITION, starts_on="2023-08-01",
            ends_on="2023-08-02", seats=20, **hosted,
        )  # fmt: skip
        heads = frozenset({organiser} if hosted else set())
        store(
            "training-headcounts", heads, run_code=run_code(organiser), audience="all", value=10, method="counted",
            reported_on="2023-08-03",
        )  # fmt: skip
    store(
        "training-sessions", EVERYONE, run_code=run_code("clair"), number=1, form="class",
        starts_at="2023-08-01T09:00:00+09:00", ends_at="2023-08-01T17:00:00+09:00",
    )  # fmt: skip
    store(
        "organisation-supports", frozenset(), organisation_code=world.code("azami"), kind="advice_new",
        supported_on="2023-06-01",
    )  # fmt: skip


def walls(made: "World") -> dict[str, "Wall"]:
    """Definitions are told to all; figures need heads and supports of everybody."""
    from tests.walls import second_wall  # which stands on the world that `load` is part of

    roles, either, seen = second_wall.roles, second_wall.either, second_wall.seen
    coordinator, figures = roles("coordinator"), roles("coordinator", "service", "ministry")
    told = either(figures, roles("organisation", "host_authority", "participant"))
    away = {"organisation_id": str(made.organisations["fuyo"])}
    verbs = "SELECT INSERT UPDATE"

    def hosted(asker: "Asker", row: "Row") -> bool:
        return asker.role == "host_authority" and seen(asker, row)

    walls = {f"jet.{table}": second_wall.Wall(told, coordinator, verbs=verbs) for table in DEFINITIONS}
    return walls | {
        "jet.training_headcount": second_wall.Wall(
            either(figures, seen), either(coordinator, hosted), moves=away, verbs=verbs
        ),
        "jet.organisation_support": second_wall.Wall(figures, coordinator, verbs=verbs),
    }

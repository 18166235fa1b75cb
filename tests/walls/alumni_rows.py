"""The second wall of alumni: whoever has withdrawn is seen by nobody else."""

from typing import TYPE_CHECKING, Any

from tests.walls import second_wall

if TYPE_CHECKING:
    from tests.walls.loading import World


def walls(made: "World") -> dict[str, "second_wall.Wall"]:
    wall, roles, change = second_wall.Wall, second_wall.roles, "SELECT INSERT UPDATE"
    clair, reads = roles("coordinator"), roles("coordinator", "service")
    known = {
        one.id: str(made.people[one.person])
        for plural in ("alumni", "alumni-careers")
        for one in made.of(plural)
    }

    def himself(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
        return asker.role == "participant" and bool(asker.person) and row["participant_id"] == asker.person

    def consented(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
        return reads(asker, row) and row["withdrawn_at"] is None

    def through(column: str, *names: str) -> "second_wall.Rule":
        """Of whoever has consented and is known here; the asker is CLAIR in a role of `names`, or the person."""

        def rule(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
            person = known.get(row[column])
            own = asker.role == "participant" and bool(asker.person) and person == asker.person
            return person is not None and (own or asker.role in names)

        return rule

    made_of = {
        "jet.alumni_chapter": wall(roles("coordinator", "service", "participant"), clair, verbs=change),
        "jet.chapter_support": wall(reads, clair, verbs=change),
        "jet.alumnus": wall(
            second_wall.either(consented, himself), second_wall.either(clair, himself), verbs=change
        ),
    }
    for table, column, sets in (
        ("alumnus_detail", "alumnus_id", "contact_address = 'x'"),
        ("alumni_career", "alumnus_id", "may_be_published = true"),
        ("alumni_career_text", "career_id", "employer = 'x'"),
    ):
        write = through(column, "coordinator")
        made_of[f"jet.{table}"] = wall(through(column, "coordinator", "service"), write, sets, verbs=change)
    return made_of

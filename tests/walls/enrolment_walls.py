"""Whose the rows of enrolments are: an organisation's that knows of them, their person's, CLAIR's."""

from tests.walls import second_wall
from tests.walls.enrolments import GUESTS
from tests.walls.loading import World


def walls(made: World) -> dict[str, "second_wall.Wall"]:
    wall, either, roles, seen = second_wall.Wall, second_wall.either, second_wall.roles, second_wall.seen
    clair, counts = roles("coordinator"), roles("coordinator", "service", "ministry")
    verbs, away = "SELECT INSERT UPDATE", {"organisation_id": str(made.organisations["fuyo"])}
    guests = {
        f"{name} 見本": str(made.organisations[name]) if name else None for name in GUESTS
    }  # fmt: skip
    whose = {
        record.id: {
            "organisation_id": next((str(made.organisations[name]) for name in record.organisations), None),
            "participant_id": str(made.people[record.person]) if record.person else None,
        }
        for record in made.of("training-enrolments")
    }

    def oneself(asker: "second_wall.Asker", row: "second_wall.Row") -> bool:
        return asker.role == "participant" and bool(asker.person) and row["participant_id"] == asker.person

    def sent(asker: "second_wall.Asker", row: "second_wall.Row") -> bool:
        return guests[row["name"]] in asker.organisations

    enrolled = either(counts, seen, oneself)

    def of_enrolment(asker: "second_wall.Asker", row: "second_wall.Row") -> bool:
        return enrolled(asker, whose[row["enrolment_id"]])

    recorded = wall(of_enrolment, clair, verbs=verbs)
    return {
        "jet.training_attendee": wall(either(counts, seen), either(clair, seen), moves=away, verbs=verbs),
        "jet.attendee_detail": wall(
            either(roles("coordinator", "service"), sent), either(clair, sent), "name = 'x'", verbs=verbs
        ),
        "jet.training_enrolment": wall(enrolled, either(clair, seen, oneself), moves=away, verbs=verbs),
        "jet.training_attendance": recorded,
        "jet.meeting_presence": recorded,
        "jet.learning_progress": recorded,
        "jet.certificate_series": wall(clair, clair, "drawn = 7", verbs=verbs),
        "jet.training_completion": wall(
            either(roles("coordinator", "service"), seen, oneself), clair, verbs=verbs
        ),
    }  # fmt: skip

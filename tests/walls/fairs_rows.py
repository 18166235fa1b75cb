"""The second wall of career fairs: an exhibitor's rows are its own, and of people those that its fair shows it now."""

from typing import TYPE_CHECKING

from tests.walls import second_wall

if TYPE_CHECKING:
    from tests.walls.loading import World


def walls(world: "World") -> dict[str, "second_wall.Wall"]:
    Wall, roles, either = second_wall.Wall, second_wall.roles, second_wall.either
    coordinator, itself = roles("coordinator"), second_wall.oneself("participant_id")
    of_it = second_wall.its_contact
    change = "SELECT INSERT UPDATE"
    ids = {name: str(identity) for name, identity in world.organisations.items()}
    shown = {
        record.id: {ids[name] for name in record.organisations} for record in world.of("fair-candidates")
    }
    whose = {record.id: str(world.people[record.person]) for record in world.of("fair-registrations")}
    away = {"organisation_id": ids["fuyo"]}
    moved = {"participant_id": str(world.people["Quest"])}
    announced = roles("coordinator", "service", "ministry", "participant", "business")

    def candidate(asker: "second_wall.Asker", row: "second_wall.Row") -> bool:
        return bool(shown.get(row["id"], set()) & asker.represented)

    def known(asker: "second_wall.Asker", row: "second_wall.Row") -> bool:
        """Of what belongs to a registration: whoever sees that."""
        one = {"id": row["registration_id"], "participant_id": whose[row["registration_id"]]}
        return registration(asker, one)

    registration = either(roles("coordinator", "service", "ministry"), itself, candidate)
    return {
        "jet.career_fair": Wall(announced, coordinator, verbs=change),
        "jet.career_fair_day": Wall(announced, coordinator, verbs=change),
        "jet.fair_exhibitor": Wall(
            either(roles("coordinator", "service", "ministry", "participant"), of_it), either(coordinator, of_it),
            moves=away, verbs=change,
        ),
        "jet.fair_registration": Wall(registration, either(coordinator, itself), moves=moved, verbs=change),
        "jet.fair_profile": Wall(
            lambda asker, row: asker.role != "ministry" and known(asker, row),
            lambda asker, row: asker.role not in ("ministry", "service", "business") and known(asker, row),
            "headline = 'x'", verbs=change,
        ),
        "jet.fair_attendance": Wall(
            lambda asker, row: asker.role != "business" and known(asker, row), coordinator, verbs=change
        ),
        "jet.interview_slot": Wall(
            either(roles("coordinator", "service", "participant"), of_it), either(coordinator, of_it), moves=away,
            verbs=change,
        ),
        "jet.interview_hold": Wall(
            roles("coordinator", "service", "participant", "business"), second_wall.said,
            verbs="SELECT INSERT DELETE",
        ),
        "jet.fair_interview": Wall(
            either(roles("coordinator", "service"), itself, of_it), either(coordinator, itself, of_it),
            moves=away | moved, verbs=change,
        ),
    }  # fmt: skip

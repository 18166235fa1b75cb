"""The second wall of internships: hosts and interns see their own side, and of each other what is open between them."""

from typing import TYPE_CHECKING, Any

from tests.walls import second_wall
from tests.walls.internships import EVALUATED, PLACED

if TYPE_CHECKING:
    from tests.walls.loading import World


class Sides:
    """Who stands on either side of an assignment, by the ids that rows hold."""

    def __init__(self, made: "World") -> None:
        self.people = {str(made.people[name]): name for name in PLACED}
        self.persons = {
            one.id: str(made.people[one.person])
            for plural in ("internship-assignments", "internship-applications")
            for one in made.of(plural)
        }
        self.hosts = {
            one.id: str(made.organisations[PLACED[one.person]])
            for plural in ("internship-assignments", "internship-applications")
            for one in made.of(plural)
        }
        self.assignments = {
            one.id: str(one.marks["assignment_id"])
            for plural in ("internship-records", "internship-evaluations")
            for one in made.of(plural)
        }
        self.evaluators = {one.id: str(one.marks["evaluator"]) for one in made.of("internship-evaluations")}
        self.states = {one.id: str(one.marks["state"]) for one in made.of("internship-assignment-runs")}

    def intern(self, asker: "second_wall.Asker", of: str) -> bool:
        return asker.role == "participant" and bool(asker.person) and self.persons.get(of) == asker.person

    def host(self, asker: "second_wall.Asker", of: str) -> bool:
        return self.hosts.get(of) in asker.represented

    def takes_part(self, asker: "second_wall.Asker", assignment: str) -> bool:
        return asker.role == "coordinator" or self.intern(asker, assignment) or self.host(asker, assignment)

    def evaluated(self, asker: "second_wall.Asker", evaluator: str, assignment: str, *, read: bool) -> bool:
        person = self.people[self.persons[assignment]]
        opened = read and len(EVALUATED[person]) == 2
        return (
            asker.role == "coordinator"
            or (read and asker.role == "service")
            or (self.intern(asker, assignment) and (evaluator == "intern" or opened))
            or (self.host(asker, assignment) and (evaluator == "host" or opened))
        )


def walls(made: "World") -> dict[str, "second_wall.Wall"]:
    sides, wall = Sides(made), second_wall.Wall
    roles, either, contact = second_wall.roles, second_wall.either, second_wall.its_contact
    clair, reads = roles("coordinator"), roles("coordinator", "service")
    counts, change = roles("coordinator", "service", "ministry"), "SELECT INSERT UPDATE"
    offered = roles("coordinator", "service", "ministry", "participant", "business")

    def himself(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
        return asker.role == "participant" and bool(asker.person) and row["participant_id"] == asker.person

    def shared(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
        return bool(row["shared"]) and sides.host(asker, row["application_id"])

    def applicants(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
        return sides.intern(asker, row["application_id"])

    def told(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
        return himself(asker, row) and sides.states[row["run_id"]] != "made"

    def published(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
        return asker.role in ("participant", "business", "ministry") and row["state"] != "made"

    moved = either(clair, himself, contact)
    return {
        "jet.internship_programme": wall(offered, clair, verbs=change),
        "jet.internship_period": wall(offered, clair, verbs=change),
        "jet.internship_host": wall(either(counts, roles("participant"), contact), clair, verbs=change),
        "jet.internship_application": wall(either(reads, himself), either(clair, himself), verbs=change),
        "jet.internship_application_text": wall(
            either(reads, applicants, shared), either(clair, applicants), "content = 'x'", verbs=change
        ),
        "jet.internship_assignment_run": wall(either(reads, published), clair, verbs=change),
        "jet.internship_result": wall(either(reads, told), clair, verbs="SELECT INSERT"),
        "jet.internship_assignment": wall(
            either(counts, contact, himself), clair, moves={"organisation_id": str(made.organisations["fuyo"])},
            verbs=change, change=moved, insert=clair,
        ),
    } | followed(sides)  # fmt: skip


def followed(sides: Sides) -> dict[str, "second_wall.Wall"]:
    """Records, evaluations and their texts, each of an assignment."""
    wall, reads, change = (
        second_wall.Wall,
        second_wall.roles("coordinator", "service"),
        "SELECT INSERT UPDATE",
    )

    def recorded(column: str) -> "second_wall.Rule":
        return lambda asker, row: sides.takes_part(
            asker, sides.assignments.get(str(row[column]), str(row[column]))
        )

    def evaluated(column: str, *, read: bool) -> "second_wall.Rule":
        def rule(asker: "second_wall.Asker", row: dict[str, Any]) -> bool:
            evaluator = row.get("evaluator") or sides.evaluators[row[column]]
            assignment = sides.assignments.get(str(row[column]), str(row[column]))
            return sides.evaluated(asker, evaluator, assignment, read=read)

        return rule

    made = {}
    for table, column, sets in (
        ("internship_record", "assignment_id", "worked_minutes = 1"),
        ("internship_record_text", "record_id", "host_comment = 'x'"),
    ):
        write = recorded(column)
        made[f"jet.{table}"] = wall(second_wall.either(reads, write), write, sets, verbs=change)
    for table, column, sets in (
        ("internship_evaluation", "assignment_id", "overall = 1"),
        ("internship_evaluation_text", "evaluation_id", "evaluation_text = 'x'"),
    ):
        read, write = evaluated(column, read=True), evaluated(column, read=False)
        made[f"jet.{table}"] = wall(read, write, sets, verbs=change)
    return made

"""Internships: two companies and an employer take an intern each; employers see nothing of it, themselves included.

Quince is at kogyo and lets it read the motivation; the intern's evaluation alone is in. Quitter is at shoji, with the host's
alone. Quorum is at azami, which comes as a business here, with both. A second run is made and not published.
"""

from tests.walls import loading, world
from tests.walls.world import Actor, Record

PLACED = {"Quince": "kogyo", "Quitter": "shoji", "Quorum": "azami"}
EVALUATED = {"Quince": ("intern",), "Quitter": ("host",), "Quorum": ("intern", "host")}
PROGRAMME = "WALLS-INTERN"
HEADINGS = dict.fromkeys(("preparation", "communication", "work", "learning", "overall"), 3)
EVERYBODY = frozenset((*world.ORGANISATIONS, *world.EXHIBITORS))


def load(made: "loading.World") -> None:
    programme = _create(
        made, "internship-programmes", EVERYBODY, code=PROGRAMME, fiscal_year=2024, name_ja="架空", name_en="Internship",
        apply_from="2024-04-01T00:00:00+09:00", apply_until="2024-05-01T00:00:00+09:00", date_start="2024-05-10",
        date_end="2190-03-31",
    )  # fmt: skip
    _create(
        made, "internship-periods", EVERYBODY, programme_code=PROGRAMME, period_no=1, label_ja="架空", label_en="Days",
        date_start="2024-05-10", date_end="2024-05-11",
    )  # fmt: skip
    for host in PLACED.values():
        _create(
            made, "internship-hosts", frozenset({host}), code=f"WALLS-{host.upper()}", programme_code=PROGRAMME,
            organisation_code=world.code(host), places=1,
        )  # fmt: skip
    for person, host in PLACED.items():
        _create(
            made, "internship-applications", frozenset(), person, programme_code=PROGRAMME,
            jet_number=world.JET_NUMBERS[person], first_host_code=f"WALLS-{host.upper()}", japanese_level="n3",
            motivation="架空の動機", shared_texts=["motivation"] if person == "Quince" else [],
        )  # fmt: skip
    _assigned(made, programme.id)
    _followed(made)


def _create(
    made: "loading.World", plural: str, organisations: frozenset[str], person: str = "",
    **body: object,
) -> Record:  # fmt: skip
    return made.keep(
        plural,
        loading.create(made.jet, loading.COORDINATOR, plural, "jet", **body),
        organisations,
        person,
    )


def _assigned(made: "loading.World", programme: str) -> None:
    """The runs, the first of them published, and what became of it."""
    runs = []
    for seed in ("first", "second"):
        answer = made.jet.call(
            "jet_internship_programmes_assign",
            loading.COORDINATOR,
            path={"ref": programme},
            json={"seed": seed},
        )
        assert answer.status_code == 201, answer.text
        runs.append(answer.json())
    answer = made.jet.call(
        "jet_internship_assignment_runs_publish", made.caller(Actor("coordinator", person="Kacho")),
        path={"ref": runs[0]["id"]},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    for run in (answer.json(), runs[1]):
        made.keep("internship-assignment-runs", run, frozenset())
    for record in made.of("internship-applications"):
        host = frozenset({PLACED[record.person]})
        run = {"run_id": runs[0]["id"], "jet_number": world.JET_NUMBERS[record.person]}
        for plural, params, open_to in (
            ("internship-assignments", {"application_id": record.id}, host),
            ("internship-results", run, frozenset[str]()),
        ):
            operation = f"jet_{plural}_list".replace("-", "_")
            (item,) = made.jet.call(operation, loading.COORDINATOR, params=params).json()["items"]
            made.keep(plural, item, open_to, record.person)


def _followed(made: "loading.World") -> None:
    for record in made.of("internship-assignments"):
        person, (host,) = record.person, record.organisations
        of = {"assignment_id": record.id}
        _create(
            made, "internship-records", frozenset({host}), person, worked_on="2024-05-10", worked_minutes=60,
            record_text="架空の一日", **of,
        )  # fmt: skip
        both = len(EVALUATED[person]) == 2
        for side in EVALUATED[person]:
            seen_by_host, seen_by_intern = both or side == "host", both or side == "intern"
            _create(
                made, "internship-evaluations", frozenset({host} if seen_by_host else ()),
                person if seen_by_intern else "", evaluator=side, evaluation_text="架空", **of, **HEADINGS,
            )  # fmt: skip

"""Alumni: Quince and Quitter have consented; Quill has withdrawn, and from then on is seen by nobody else."""

from typing import Any

from tests.walls import loading, world

CONSENTED, WITHDRAWN = ("Quince", "Quitter"), "Quill"
EVERYBODY = frozenset(world.ORGANISATIONS)


def load(made: "loading.World") -> None:
    def create(plural: str, **body: object) -> dict[str, Any]:
        return loading.create(made.jet, loading.COORDINATOR, plural, "jet", **body)

    chapter = create(
        "alumni-chapters", code="WALLS-CHAPTER", kind="chapter", name_ja="架空支部", name_en="Chapter",
        country=loading.COUNTRY["alpha2"],
    )  # fmt: skip
    made.keep("alumni-chapters", chapter, EVERYBODY)
    support = create(
        "chapter-supports",
        chapter_code="WALLS-CHAPTER",
        kind="activity",
        supported_on="2024-05-01",
    )
    made.keep("chapter-supports", support, frozenset())
    for name in (*CONSENTED, WITHDRAWN):
        one = create(
            "alumni", jet_number=world.JET_NUMBERS[name], consent_form="written", consented_on="2024-04-01",
            purposes=["news"], contact_by="mail", contact_email="walls@example.org",
        )  # fmt: skip
        career = create(
            "alumni-careers",
            alumnus_id=one["id"],
            since_on="2024-04-01",
            career_field="education",
            employer="架空",
        )
        if name == WITHDRAWN:
            answer = made.jet.call("jet_alumni_withdraw", loading.COORDINATOR, path={"ref": one["id"]})
            assert answer.status_code == 201, answer.text
        else:
            made.keep("alumni", one, frozenset(), name)
            made.keep("alumni-careers", career, frozenset(), name)

"""The rules of a post, over whatever a row may say."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.jet.requests.domain import MOST_YEARS, ORDINARY_YEARS, SCHOOLS, Service, check_row

ANSWERS = (None, "yes", "no", "undecided")
ROWS = st.fixed_dictionaries(
    {
        "entry": st.sampled_from(("reappointment", "new")),
        "jet_number": st.sampled_from((None, "20000000001")),
        "organisation_answer": st.sampled_from(ANSWERS),
        "exceptional": st.booleans(),
        "job_type": st.sampled_from(("ALT", "CIR", "SEA")),
        "arrival_group": st.sampled_from((None, "a")),
        "seats": st.integers(0, 200),
        **{school: st.booleans() for school in SCHOOLS},
    }
)
SERVICES = st.none() | st.builds(
    Service, st.booleans(), st.integers(0, 8), st.sampled_from(("ALT", "CIR", "SEA"))
)


def allowed(row: dict[str, Any], service: Service | None) -> bool:
    """The database's own constraint, and what it cannot know."""
    if row["entry"] == "new":
        plain = row["jet_number"] is None and row["organisation_answer"] is None and not row["exceptional"]
        taught = row["job_type"] != "ALT" or not row["seats"] or any(row[school] for school in SCHOOLS)
        return plain and row["arrival_group"] is not None and taught
    if row["jet_number"] is None or row["seats"] != 1 or row["arrival_group"] is not None:
        return False
    if service is None or not service.serves or service.job_type != row["job_type"]:
        return False
    stays = row["organisation_answer"] == "yes"
    return not stays or service.years < ORDINARY_YEARS or (service.years < MOST_YEARS and row["exceptional"])


@given(ROWS, SERVICES)
def test_a_row_is_taken_just_when_the_rules_allow_it(row: dict[str, Any], service: Service | None) -> None:
    found = check_row(row, service)
    assert (not found) == allowed(row, service)
    assert all(name in row and finding.remedy.ja and finding.remedy.en for name, finding in found)

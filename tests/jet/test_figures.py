"""Figures and rosters: what was once known stays, and each cell counts the records that it links to."""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.jet.playing import appoint, change, done
from tests.support.jet import Jet


def overview(jet: Jet, **asked: str) -> dict[str, dict[str, Any]]:
    answer = jet.call("jet_statistics_read", path={"name": "jet-overview"}, params=asked)
    return {cell["metric"]: cell for cell in done(answer)["cells"]}


def test_a_corrected_participation_does_not_change_a_figure_that_was_given(jet: Jet) -> None:
    number, where = jet.participant(family="Corrected"), jet.organisation()
    done(appoint(jet, number, where))
    asked = {"programme_year": "2024", "organisation": where.code, "known_at": jet.now().isoformat()}

    def found(name: str) -> Any:
        return done(
            jet.call(
                "jet_statistics_read",
                path={"name": name},
                params=asked | {"dimensions": "nationality,arrival_group"},
            )
        )["cells"]

    before = found("participants")
    jet.sql(
        "INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES ('XB', 'XXB', '架空国', 'Elsewhere')"
    )
    done(change(jet, "participants", number, nationality="XB", arrival_group="b"))
    assert [(cell["nationality"], cell["arrival_group"]) for cell in before] == [("XA", "a")]
    assert [(c["nationality"], c["arrival_group"]) for c in found("participants")] == [("XA", "a")]
    asked["known_at"] = jet.now().isoformat()
    assert [(c["nationality"], c["arrival_group"]) for c in found("participants")] == [("XB", "b")]
    listed = done(jet.call("jet_roster_list", params={"q": "Corrected"}))["items"]
    assert [one["nationality"] for one in listed] == ["XB"]


def test_a_change_of_state_is_no_change_of_knowledge(jet: Jet) -> None:
    number = jet.participant()
    done(appoint(jet, number, jet.organisation()))
    past = jet.sql(
        "SELECT count(*) FROM jet.participation_past AS n JOIN jet.participant AS p ON p.id = n.participant_id "
        f"WHERE jet_number = '{number}'"
    )
    assert past[0][0] == 0
    assert done(jet.call("jet_participants_read", path={"ref": number}))["state"] == "active"


def test_a_cell_is_as_many_as_its_records_when_somebody_moved_within_the_year(jet: Jet) -> None:
    number, first, then = jet.participant(), jet.organisation(), jet.organisation()
    done(appoint(jet, number, first, date(2024, 8, 1), date(2024, 12, 31)))
    done(appoint(jet, number, then, date(2025, 1, 1), date(2025, 7, 31)))
    answer = jet.call(
        "jet_statistics_read", path={"name": "participants"},
        params={"programme_year": 2024, "dimensions": "organisation"},
    )  # fmt: skip
    cells = {cell["organisation"]: cell for cell in done(answer)["cells"]}
    assert first.code in cells and then.code not in cells
    for cell in cells.values():
        params = dict(parse_qsl(urlsplit(cell["records"]).query)) | {"include": "total", "limit": "1"}
        assert done(jet.call("jet_roster_list", params=params))["total"] == cell["value"]
    moved = jet.call("jet_roster_list", params={"programme_year": 2024, "organisation": then.code})
    assert done(moved)["items"] == []
    later = {"programme_year": 2024, "organisation": then.code, "as_of": "2025-02-01"}
    assert len(done(jet.call("jet_roster_list", params=later))["items"]) == 1


def test_new_participants_are_said_to_be_of_the_participants(jet: Jet) -> None:
    cells = overview(jet, programme_year="2024")
    assert cells["new_participants"]["of_whom"] == [{"metric": "participants"}]
    assert cells["participants"]["of_whom"] == []

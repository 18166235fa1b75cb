"""Figures and rosters: what was once known stays, and each cell counts the records that it links to."""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from tests.jet.playing import appoint, change, done
from tests.support.jet import Jet, Organisation


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


def test_the_top_twenty_put_a_designated_city_apart_from_its_prefecture_and_ties_in_one_rank(
    jet: Jet,
) -> None:
    codes = {"prefecture": "250007", "designated_city": "271004", "city": "252018", "town": "253839"}
    for kind, code in codes.items():
        jet.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) "
            f"VALUES ('{code}', '架空{kind}', '{kind}', '')"
        )
    for member in ("city", "town"):
        jet.sql(
            "INSERT INTO directory.hierarchy (member_id, host_id, valid_from) SELECT m.id, h.id, '2010-04-01' "
            "FROM directory.organisation AS m, directory.organisation AS h "
            f"WHERE m.code = '{codes[member]}' AND h.code = '{codes['prefecture']}'"
        )
    year = 2021
    for kind in ("city", "town", "designated_city", "designated_city"):
        where = Organisation(UUID(int=0), codes[kind])
        term = date(year, 8, 1), date(year + 1, 7, 31)
        done(appoint(jet, jet.participant(year=year), where, *term, year=year))
    alone = jet.organisation()
    done(appoint(jet, jet.participant(year=year), alone, date(year, 8, 1), date(year + 1, 7, 31), year=year))
    asked = {"programme_year": year}
    answer = done(jet.call("jet_statistics_read", path={"name": "jet-top20"}, params=asked))
    assert answer["dimensions"] == ["body", "body_type"] and answer["totals"][0]["value"] == 5
    shown = [(cell["rank"], cell["body"], cell["body_type"], cell["value"]) for cell in answer["cells"]]
    assert shown == [
        (1, "250007", "prefecture", 2),
        (1, "271004", "designated_city", 2),
        (3, alone.code, "city", 1),
    ]
    for cell in answer["cells"]:
        params = dict(parse_qsl(urlsplit(cell["records"]).query)) | {"include": "total", "limit": "1"}
        assert done(jet.call("jet_roster_list", params=params))["total"] == cell["value"]
    first = done(jet.call("jet_statistics_read", path={"name": "jet-top20"}, params=asked | {"top": 1}))
    assert [cell["rank"] for cell in first["cells"]] == [1, 1]

"""A file of one office takes over no record of another: not its log, contacts, surveys, publications or channels."""

import json
from typing import Any

import pytest

from tests.events.test_office_log import entry
from tests.support.events import Events, code, wrong

SURVEY = {"title": "架空の調査", "requester_name": "架空県議会", "requested_on": "2024-06-01"}
PUBLICATION = {"kind": "newsletter", "name_ja": "架空便り"}
CHANNEL = {"kind": "sns", "name_ja": "架空SNS"}
PARIS, LONDON = {"office_code": "paris"}, {"office_code": "london"}
RECORDS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "supports": (entry(), PARIS, LONDON),
    "office-contacts": ({"counterpart_name": "架空商工会"}, PARIS, LONDON),
    "surveys": (SURVEY, {"office_codes": ["paris"]}, {"office_codes": ["london"]}),
    "publications": (PUBLICATION, PARIS, LONDON),
    "media-channels": (CHANNEL, PARIS, LONDON),
}


@pytest.mark.parametrize("kind", RECORDS)
def test_a_file_takes_over_nothing_of_another_office(events: Events, kind: str) -> None:
    body, own, other = RECORDS[kind]
    plural = kind.replace("-", "_")
    made = events.made(plural, events.at("paris"), **body | own | {"code": code("T")})["code"]
    row = json.dumps(body | other | {"code": made}).encode()
    for content in (row, row + b"\n" + json.dumps(body | other | {"code": code("T")}).encode()):
        summary = events.imported(kind, events.at("london"), content)
        # whom another office knows is not even seen, so that the code is found taken
        said = "already_exists" if kind == "office-contacts" else "office_not_yours"
        assert [one["code"] for one in summary["problems"]] == [said], summary
    (name,) = own
    assert events.codes(plural, events.headquarters, name, code=made) == [own[name]]


def test_no_change_takes_over_what_is_of_another_office(events: Events) -> None:
    london = events.at("london")
    for kind in ("surveys", "publications", "media-channels"):
        body, own, other = RECORDS[kind]
        plural = kind.replace("-", "_")
        made = events.made(plural, events.at("paris"), **body | own | {"code": code("T")})["code"]
        answer = events.change(plural, made, london, **other)
        assert {problem for _, problem in wrong(answer)} == {"office_not_yours"}, answer.text
    of = events.made("publications", events.headquarters, **PUBLICATION, code=code("P"))["code"]
    issue = {"publication_code": of, "code": code("I"), "title_ja": "架空", "published_on": "2024-05-01"}
    made = events.made("issues", events.at("paris"), **issue | PARIS)["code"]
    assert wrong(events.change("issues", made, london, **LONDON)) == {("/code", "office_not_yours")}
    events.made("supports", events.at("paris"), **entry(office_code="paris"))
    # nor does the database let one office write over another
    caller = {"role": "event_officer", "person": str(london.person), "client": "desk", "key": "x"}
    for table, column in (("issue", "code"), ("survey", "code"), ("support", "code")):
        sets = "offices = ARRAY['london']" if table == "survey" else "office = 'london'"
        record = f"UPDATE events.{table} SET {sets} WHERE {column} IS NOT NULL"
        others = f"coalesce({'offices[1]' if table == 'survey' else 'office'}, '') <> 'london'"
        assert events.sql(f"SELECT FROM events.{table} WHERE {others}")
        assert events.sql_as(json.dumps(caller), f"{record} AND {others} RETURNING {column}") == []


def test_an_office_is_left_at_midnight(events: Events) -> None:
    leaving = events.officer("office-seoul", until="(SELECT platform.today())")
    line = events.made("supports", leaving, **entry(office_code="seoul"))["code"]
    drafted = events.made("hand_overs", leaving, office_code="seoul", leaves_on="2024-12-31")["id"]
    assert events.codes("served_offices", leaving) == ["seoul"]
    events.advance(1)
    assert events.codes("served_offices", leaving) == events.codes("supports", leaving) == []
    assert events.change("supports", line, leaving, done_on="2024-06-01").status_code == 404
    assert events.act("hand_overs", "sign", drafted, leaving).status_code == 404
    refused = events.call("supports_create", leaving, json=entry(office_code="seoul"))
    assert wrong(refused) == {("/office_code", "office_not_yours")}

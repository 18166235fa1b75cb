"""A vendor returns its own counts of a month that is over, by file or one by one, and reads nobody else's."""

import pytest

from tests.care.counting import Vendor, returned, sent
from tests.support.care import OFFICER, PROTECTOR, Care, done
from tests.support.serving import Caller


def test_a_vendor_sends_a_file_and_the_same_file_again_changes_nothing(care: Care) -> None:
    vendor = Vendor(care)
    rows = vendor.year(40, fiscal_year="令和5年度", channel="電話", unit="件")
    told = sent(care, rows, vendor.counsellor)
    assert (told["created"], told["errors"]) == (12, [])
    again = sent(care, rows, vendor.counsellor)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 12)
    found = done(care.call("care_vendor_returns_list", vendor.counsellor, params={"limit": 500}))["items"]
    assert (len(found), sum(one["value"] for one in found)) == (12, 40)
    assert {(one["fiscal_year"], one["channel"], one["unit"]) for one in found} == {(2023, "phone", "cases")}


def test_a_vendor_sees_and_writes_its_own_returns_alone(care: Care) -> None:
    mine, other = Vendor(care), Vendor(care)
    made = done(returned(care, other.row(4, 3, fiscal_year=2023), other.counsellor))
    path = {"ref": made["id"]}
    assert care.call("care_vendor_returns_read", mine.counsellor, path=path).status_code == 404
    assert done(care.call("care_vendor_returns_list", mine.counsellor))["items"] == []
    change = {"headers": {"If-Match": "*"}, "path": path, "json": {"value": 4}}
    refused = care.call("care_vendor_returns_change", mine.counsellor, **change)
    assert refused.status_code == 404
    stranger = returned(care, other.row(5, 3, fiscal_year=2023), mine.counsellor)
    nobody = returned(
        care, other.row(5, 3, fiscal_year=2023) | {"organisation_code": "NOBODY"}, mine.counsellor
    )
    codes = [[one["code"] for one in answer.json()["errors"]] for answer in (stranger, nobody)]
    assert (stranger.status_code, codes) == (422, [["vendor_unknown"], ["vendor_unknown"]])
    told = sent(care, [mine.row(4, 1, fiscal_year=2023), other.row(6, 1, fiscal_year=2023)], mine.counsellor)
    assert [error[1:] for error in told["errors"]] == [("organisation_code", "vendor_unknown")]
    mended = done(care.call("care_vendor_returns_change", other.counsellor, **change))
    assert mended["value"] == 4
    assert done(care.call("care_vendor_returns_read", OFFICER, path=path))["value"] == 4


def test_units_stand_apart(care: Care) -> None:
    vendor = Vendor(care)
    for unit, value in (("cases", 7), ("persons", 2), ("times", 9)):
        assert (
            returned(care, vendor.row(4, value, fiscal_year=2023, unit=unit), vendor.counsellor).status_code
            == 201
        )
    again = returned(care, vendor.row(4, 8, fiscal_year=2023), vendor.counsellor)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    found = done(care.call("care_vendor_returns_list", vendor.counsellor, params={"unit": "persons"}))[
        "items"
    ]
    assert [one["value"] for one in found] == [2]


def test_a_month_is_returned_once_it_is_over(care: Care) -> None:
    vendor = Vendor(care)  # it is July 2024
    assert returned(care, vendor.row(6, 1), vendor.counsellor).status_code == 201
    early = returned(care, vendor.row(7, 1), vendor.counsellor)
    assert (early.status_code, early.json()["code"]) == (409, "month_not_over")
    assert early.json()["errors"][0]["pointer"] == "/month"
    with pytest.raises(Exception, match="the month is not over"):
        care.sql(
            "INSERT INTO care.vendor_return (organisation_id, fiscal_year, month, channel, unit, value) "
            f"VALUES ('{vendor.id}', 2024, 3, 'phone', 'cases', 1)"
        )


@pytest.mark.parametrize(
    "role", ["coordinator", "ministry", "participant", "organisation", "auditor", "service"]
)
def test_to_others_there_are_no_returns(care: Care, role: str) -> None:
    caller = Caller(role, person=PROTECTOR.person, organisation=Vendor(care).id)
    nowhere = care.call("care_vendor_returns_list", caller, url="/care/v1/nothing")
    answer = care.call("care_vendor_returns_list", caller)
    told = [
        {name: one.json()[name] for name in ("status", "code", "title", "detail")}
        for one in (nowhere, answer)
    ]
    assert answer.status_code == 404 and told[0] == told[1]


def test_bad_values_are_told_where_they_stand(care: Care) -> None:
    vendor = Vendor(care)
    for field, value in (
        ("value", -1),
        ("month", 13),
        ("channel", "pigeon"),
        ("unit", "延べ"),
        ("value", 3.5),
    ):
        refused = returned(care, vendor.row(4, 3, fiscal_year=2023) | {field: value}, vendor.counsellor)
        assert refused.status_code == 422
        assert [one["pointer"] for one in refused.json()["errors"]] == [f"/{field}"]


def test_a_channel_is_named_by_code_or_label_in_its_time(care: Care) -> None:
    vendor = Vendor(care)
    care.sql(
        "INSERT INTO care.channel (code, label_ja, label_en, unit, valid_from) "
        "VALUES ('chat_room', 'チャット', 'Chat', '件', '2023-10-01') ON CONFLICT DO NOTHING"
    )
    told = {}
    for month, given in ((10, "ﾁｬｯﾄ"), (11, "chat"), (12, "chat_room"), (9, "チャット")):
        told[month] = returned(care, vendor.row(month, 1, fiscal_year=2023, channel=given), vendor.counsellor)
    assert [told[month].json()["channel"] for month in (10, 11, 12)] == ["chat_room"] * 3
    assert [one["code"] for one in told[9].json()["errors"]] == ["channel_not_in_month"]

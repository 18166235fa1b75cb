"""Readings that are due, at the desk: a number is entered with the day on which it was read."""

from datetime import date, timedelta
from uuid import uuid4

from client.api import Api
from client.credentials import ActingFor, new_key, public_part
from tests.support.desk import Visitor
from tests.support.offices import Offices

HOME = "/desk/readings"


def test_a_number_is_entered_for_what_is_due(office: Offices) -> None:
    key, client, officer = new_key(), f"events-{uuid4().hex[:8]}", office.staff("events")
    office.registrar.post("/identity/v1/clients", {
        "client_id": client, "name": "試験", "role": "service", "scopes": ["events.event:read", "events.event:write"],
        "acts_for_people": True, "public_jwk": public_part(key),
    })  # fmt: skip
    mark = uuid4().hex[:6].upper()
    with Api(office.system.url, ActingFor(client, key, str(officer.id))) as tool:
        today = date.fromisoformat(tool.get("/identity/v1/clock")["today"])
        due = today.replace(day=1) - timedelta(days=1)
        tool.post(
            "/events/v1/media-channels", {"code": f"C-{mark}", "kind": "sns", "name_ja": f"架空SNS{mark}"}
        )
        tool.post("/events/v1/channel-metrics", {
            "code": f"M-{mark}", "channel_code": f"C-{mark}", "name_ja": "フォロワー数", "unit": "名", "due": "month_end",
            "starts_on": str(due),
        })  # fmt: skip
    asked = {"metric_code": f"M-{mark}", "due_on": str(due), "read_on": str(due)}
    with Visitor(office.system) as visitor:
        visitor.sign_in(officer.email)
        shown = visitor.get(HOME)
        assert f"架空SNS{mark} フォロワー数" in shown.text and "<script>" not in shown.html
        # the day is the reader's to say: nobody read on the day that was due because a page says so
        assert 'name="read_on" type="date" required value=""' in shown.html
        refused = visitor.post(HOME, asked | {"value": "たくさん"})
        assert refused.status == 422 and 'value="たくさん"' in refused.html
        done = visitor.post(HOME, asked | {"value": "1,203"})
        assert "値を記録しました。" in done.text and f"架空SNS{mark}" not in done.text

"""An office at the desk: its log written line by line and as a month's file, and its hand-over on one page."""

import re

from tests.support.desk import Shown, Visitor
from tests.support.offices import Offices

LOG, HAND_OVER = "/desk/office-log", "/desk/office/paris/hand-over"
SLOW = 100_000  # bytes: offices have slow lines
MONTH = (
    "office_code,received_on,kind,requester_name,requester_kind,content\n"
    "paris,2024-05-02,interpreter,架空大学,other,通訳の手配\n"
    "paris,2024-05-03,appointment,架空商工会,company,市役所への面会\n"
)


def acts(shown: Shown, verb: str) -> list[str]:
    return re.findall(rf'name="act" value="({verb} [^"]+)"', shown.html)


def test_an_office_keeps_its_log_and_is_handed_over(office: Offices) -> None:
    office.abroad("paris", "パリ")
    city = office.organisation("229997", name="架空浜市")
    leaving, coming = office.staff("office-paris"), office.staff("office-paris")
    with Visitor(office.system) as old, Visitor(office.system) as new:
        old.sign_in(leaving.email)
        shown = old.get(LOG)
        line = {
            "office_code": "paris",
            "received_on": "2024-05-01",
            "kind": "activity_support",
            "content": "視察の同行",
        }
        refused = old.post(LOG, line | {"requester": "架空の大学"})
        assert refused.status == 422 and "依頼者の区分がありません" in refused.text
        shown = old.post(LOG, line | {"requester": "架空浜市", "due_on": "2024-06-01"})
        assert (shown.status, shown.path) == (200, LOG)
        assert "L-paris-2024-0001" in shown.text and f'value="{city} 架空浜市"' in shown.html
        assert "通訳手配" in shown.text and '<option value="paris" selected>' in shown.html
        assert old.get(f"{LOG}/form").headers["content-type"].endswith("spreadsheetml.sheet")
        sent = old.post(f"{LOG}/files", files={"file": ("5月.csv", MONTH.encode(), "text/csv")})
        assert sent.path.startswith("/desk/uploads/events/"), sent.text
        assert old.get(HAND_OVER).status == 200
        shown = old.post(HAND_OVER, {"act": "begin", "leaves_on": "2025-03-31"})
        assert "視察の同行" in shown.text and "準備中" in shown.text
        assert len(shown.html) < SLOW
        signed = old.post(HAND_OVER, {"act": acts(shown, "sign")[0]})
        assert "署名済み" in signed.text and not acts(signed, "succeed")

        new.sign_in(coming.email)
        shown = new.get(HAND_OVER)
        shown = new.post(HAND_OVER, {"act": acts(shown, "succeed")[0]})
        left = new.post(HAND_OVER, {"act": acts(shown, "take_over")[0]})
        assert left.status == 409 and "まだ確認していない事項があります" in left.text
        for _ in range(len(acts(shown, "tick"))):
            shown = new.post(HAND_OVER, {"act": acts(shown, "tick")[0]})
        shown = new.post(HAND_OVER, {"act": acts(shown, "take_over")[0]})
        assert "引継ぎ済み" in shown.text and "☐" not in shown.text
        assert len(new.get(LOG).html.encode()) < SLOW

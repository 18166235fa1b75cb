"""An office at the desk: its log written line by line and as a month's file, and its hand-over on one page."""

import re
from time import monotonic

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
        # the office is one's own before it has written a line
        assert '<option value="paris" selected>' in shown.html and "まだ記録はありません" in shown.text
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
        twice = line | {"requester": "架空浜市", "due_on": "2024-06-01"}
        refused = old.post(LOG, twice)
        assert refused.status == 409 and 'name="alike_no"' in refused.html
        assert "L-paris-2024-0002" in old.post(LOG, twice | {"alike_no": "2"}).text
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


def test_several_officers_hand_over_side_by_side(office: Offices) -> None:
    office.abroad("paris", "パリ")
    first, second, head = office.staff("office-paris"), office.staff("office-paris"), office.staff("events")
    many = "".join(
        f"paris,2024-06-03,interpreter,架空大学,other,{'長い用務' * 20}{at}\n" for at in range(300)
    )
    with Visitor(office.system) as one, Visitor(office.system) as two:
        one.sign_in(first.email)
        two.sign_in(second.email)
        file = (MONTH.splitlines(keepends=True)[0] + many).encode()
        one.post(f"{LOG}/files", files={"file": ("6月.csv", file, "text/csv")})
        two.post(HAND_OVER, {"act": "begin", "leaves_on": "2025-09-30"})
        shown = one.post(HAND_OVER, {"act": "begin", "leaves_on": "2026-03-31"})
        assert "ほかに進行中の引継ぎ" in shown.text and "2025-09-30" in shown.text
        deadline = monotonic() + 60
        while not re.search("引き継ぐ事項（30[0-9]）", shown.text):  # the worker takes the file
            assert monotonic() < deadline
            shown = one.get(HAND_OVER)
        # a page of many matters stays small
        assert len(shown.html.encode()) < SLOW
        assert re.search(r'href="\?[^"]*matters=50"', shown.html)
        assert "離任日 2026-03-31" in one.get(f"{HAND_OVER}?matters=50").text
        shown = two.get(HAND_OVER)
        assert "離任日 2025-09-30" in shown.text and acts(shown, "sign")
    with Visitor(office.system) as house:
        house.sign_in(head.email)
        shown = house.post("/desk/office/headquarters/hand-over", {"act": "begin", "leaves_on": "2025-03-31"})
        assert "本部" in shown.text and acts(shown, "sign")

"""Attendance by ticket, by list and by what meeting tools export; readings of e-learning."""

import pytest

from tests.jet.enrolling import act, changed, csv, employed, enrol, guest, listed, run, sends, session
from tests.jet.playing import change, codes, done
from tests.jet.surveying import contracting
from tests.support.jet import Jet

# as the tools write them, with columns that mean nothing here
ZOOM_JA = """名前（元の名前）,ユーザーのメール,参加時刻,退出時刻,期間（分）,ゲスト,待機室にいる
{a},{a_mail},2024/11/06 09:55:03,2024/11/06 10:40:00,45,いいえ,いいえ
{a},{a_mail},2024/11/06 10:35:00,2024/11/06 11:40:00,65,いいえ,いいえ
{b},{b_mail},2024/11/06 10:00:00,2024/11/06 10:30:00,30,はい,いいえ
知らない人,nobody@example.jp,2024/11/06 10:00:00,2024/11/06 12:00:00,120,はい,いいえ
"""
ZOOM_EN = """Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Doe,{mail},11/06/2024 09:58:00 AM,11/06/2024 12:01:00 PM,123,No
"""
TEAMS_EN = """1. Summary
Meeting title\tConference
Attended participants\t1

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Doe\t11/6/24, 9:58:00 AM\t11/6/24, 11:59:10 AM\t2h 1m 10s\t{mail}\t{mail}\tPresenter

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Doe\t11/6/24, 9:58:00 AM\t11/6/24, 11:00:00 AM\t1h 2m\t{mail}\tPresenter
"""
TEAMS_JA = """名前\t最初の参加\t最後の退出\t会議中の時間\tメール\t参加者 ID (UPN)\t役割
ドウ\t2024/11/6 9:58:00\t2024/11/6 11:59:10\t2 時間 1 分 10 秒\t{mail}\t{mail}\t発表者
"""
KIND = "meeting-presences"


def present(jet: Jet, run_code: str) -> list[tuple[str | None, str, str]]:
    found = listed(jet, "training_attendances", run_code=run_code, sort="recorded_at")
    return [(one["jet_number"], one["attendance"], one["attendance_method"]) for one in found]


def test_a_ticket_is_of_its_own_run_and_of_a_confirmed_enrolment(jet: Jet) -> None:
    at, other = run(jet, seats=1), run(jet)
    of, elsewhere = session(jet, at)["id"], session(jet, other)["id"]
    first = done(enrol(jet, at, **guest("一")))
    waits = done(enrol(jet, at, **guest("二")))

    def scan(session_id: str, ticket: str, **given: object) -> object:
        body = {"ticket": ticket} | given
        return jet.call("jet_training_sessions_check_in", path={"ref": session_id}, json=body)

    assert codes(scan(elsewhere, first["ticket"])) == {("/ticket", "ticket_unknown")}  # type: ignore[arg-type]
    refused = scan(of, waits["ticket"])
    assert refused.json()["code"] == "enrolment_not_confirmed"  # type: ignore[attr-defined]
    assert codes(scan(of, first["ticket"], persons=2)) == {("/persons", "more_than_enrolled")}  # type: ignore[arg-type]
    assert scan(first["id"], first["ticket"]).status_code == 404  # type: ignore[attr-defined]
    assert done(scan(of, first["ticket"]))["attendance"] == "present"  # type: ignore[arg-type]
    held = act(jet, "withdraw", first["id"])
    assert (held.status_code, "出欠" in held.json()["detail"]) == (409, True)


def test_a_list_is_taken_once_and_keeps_what_the_door_recorded(jet: Jet) -> None:
    home = contracting(jet)
    one, two, three = (employed(jet, home) for _ in range(3))
    at = run(jet)
    of = session(jet, at)["id"]
    session(jet, at, 2)
    made = done(enrol(jet, at, jet_number=one.number))
    done(enrol(jet, at, jet_number=two.number))
    done(enrol(jet, at, **guest("見本 花子", home, party=4)))
    done(jet.call("jet_training_sessions_check_in", path={"ref": of}, json={"ticket": made["ticket"]}))
    header = (
        "run_code,session_number,jet_number,organisation_code,attendee_name,attendee_email,attendance,persons"
    )
    mail = guest("見本 花子")["attendee_email"]
    rows = [
        f"{at},1,{one.number},,,,出席,", f"{at},1,{two.number},,,,届出欠席,",
        f"{at},1,,{home.code},見本 花子,{mail},出席,3", f"{at},2,{three.number},,,,出席,", f"{at},9,{one.number},,,,出席,",
    ]  # fmt: skip
    told = sends(jet, "training-attendances", csv(header, rows))
    assert (changed(told), told["errors"]) == ((2, 0, 1, 2), [(5, "not_enrolled"), (6, "session_unknown")])
    found = listed(jet, "training_attendances", run_code=at)
    assert sorted((row["attendance"], row["persons"], row["attendance_method"]) for row in found) == [
        ("excused", 0, "list"), ("present", 1, "check_in"), ("present", 3, "list"),
    ]  # fmt: skip
    assert changed(sends(jet, "training-attendances", csv(header, rows[:3]))) == (0, 0, 3, 0)
    exported = jet.call(
        "jet_training_attendances_list", headers={"Accept": "text/csv"}, params={"run_code": at}
    ).content
    assert changed(sends(jet, "training-attendances", exported)) == (0, 0, 3, 0)
    mine = next(row for row in found if row["jet_number"] == two.number)
    assert done(change(jet, "training_attendances", mine["id"], attendance="present"))["persons"] == 1
    assert codes(change(jet, "training_attendances", mine["id"], session_number=2)) == {
        ("/session_number", "fixed_by_identity")
    }
    assert len(listed(jet, "training_attendances", one.employer, run_code=at)) == 3
    assert [row["jet_number"] for row in listed(jet, "training_attendances", two.caller)] == [two.number]
    assert listed(jet, "training_attendances", employed(jet).employer, run_code=at) == []


def test_zooms_export_makes_attendance_of_who_was_there_long_enough(jet: Jet) -> None:
    a, b = (employed(jet, email=f"zoom{number}@example.jp") for number in (1, 2))
    at = run(jet, edition={"completion_percent": 80}, informed=False)
    session(jet, at, form="online")
    for person in (a, b):
        done(enrol(jet, at, jet_number=person.number))
    file = ZOOM_JA.format(a="Doe", a_mail="ZOOM1@example.jp", b="Doe", b_mail="zoom2@example.jp")
    told = sends(jet, KIND, file.encode("cp932"))
    # the person's two joins and the other's one; who is not enrolled is told so
    assert (changed(told), told["errors"]) == ((3, 0, 0, 1), [(5, "email_not_enrolled")])
    # 10:00–11:40 of 10:00–12:00, overlaps counted once, is 83 %
    assert present(jet, at) == [(a.number, "present", "meeting")]
    assert changed(sends(jet, KIND, file.encode())) == (0, 0, 3, 1)
    longer = file.replace("10:30:00,30", "11:59:00,119")
    assert changed(sends(jet, KIND, longer)) == (0, 1, 2, 1)
    assert len(present(jet, at)) == 2
    met = listed(jet, "meeting_presences", run_code=at)
    assert sorted(row["minutes"] for row in met) == [44, 65, 119]
    assert [row["jet_number"] for row in listed(jet, "meeting_presences", b.caller)] == [b.number]
    assert jet.call("jet_meeting_presences_list", b.employer).status_code == 403


@pytest.mark.parametrize("form", [ZOOM_EN, TEAMS_EN, TEAMS_JA])
def test_other_forms_of_the_tools_are_read_as_they_come(jet: Jet, form: str) -> None:
    for charset in ("utf-8", "cp932", "utf-16"):
        mail = f"tool-{charset}@example.jp"
        one, at = employed(jet, email=mail), run(jet)
        session(jet, at, form="online")
        done(enrol(jet, at, jet_number=one.number))
        told = sends(jet, KIND, form.format(mail=mail).encode(charset))
        # titles and headings between the parts of a file are nobody's
        assert (told["summary"]["created"], {row for row, _ in told["errors"]} <= {9, 10}) == (1, True)
        assert present(jet, at) == [(one.number, "present", "meeting")]
        jet.sql(f"UPDATE jet.person_detail SET email = NULL WHERE email = '{mail}'")


def test_a_join_is_counted_where_it_belongs(jet: Jet) -> None:
    one = employed(jet, email="twice@example.jp")
    at, elsewhere = run(jet), run(jet)
    for code in (at, elsewhere):
        session(jet, code, form="online")
        done(enrol(jet, code, jet_number=one.number))
    header, row = "email,joined_at,left_at,run_code", "twice@example.jp,2024/11/06 10:00,2024/11/06 12:00,"
    assert sends(jet, KIND, csv(header, [row]))["errors"] == [(2, "meeting_ambiguous")]
    assert changed(sends(jet, KIND, csv(header, [row + at]))) == (1, 0, 0, 0)
    assert (len(present(jet, at)), present(jet, elsewhere)) == (1, [])
    night = "twice@example.jp,2024/11/06 20:00,2024/11/06 21:00,"
    back = f"twice@example.jp,2024/11/06 11:00,2024/11/06 10:00,{at}"
    told = sends(jet, KIND, csv(header, [night, back, "twice@example.jp,13/13/2024 10:00,2024/11/06 11:00,"]))
    assert [code for _, code in told["errors"]] == [
        "no_session_then", "left_before_joining", "meeting_time_unreadable",
    ]  # fmt: skip


def test_progress_goes_forward_only(jet: Jet) -> None:
    one, two = employed(jet), employed(jet)
    at = run(jet, edition={"delivery": "e_learning"})
    done(enrol(jet, at, jet_number=one.number))
    header = "jet_number,run_code,percent,read_on,finished_on"

    def read(*rows: str) -> tuple[tuple[int, int, int, int], list[tuple[int, str]]]:
        told = sends(
            jet, "learning-progress", csv(header, [row.format(one.number, two.number, at) for row in rows])
        )
        return changed(told), told["errors"]

    assert read("{0},{2},40,2024-09-01,", "{1},{2},40,2024-09-01,") == ((1, 0, 0, 1), [(3, "not_enrolled")])
    assert read("{0},{2},40,2024-09-01,") == ((0, 0, 1, 0), [])
    assert read("{0},{2},70,2024-08-01,") == ((0, 0, 1, 0), [])
    assert read("{0},{2},30,2024-10-01,") == ((0, 0, 0, 1), [(2, "progress_went_back")])
    assert read("{0},{2},90,2024-10-01,2024-10-01") == ((0, 0, 0, 1), [(2, "finished_before_all")])
    assert read("{0},{2},100,2024-10-02,") == ((0, 1, 0, 0), [])
    assert read("{0},{2},100,2024-11-02,") == ((0, 1, 0, 0), [])
    (row,) = listed(jet, "learning_progress", one.caller)
    assert (row["percent"], row["finished_on"]) == (100, "2024-10-02")
    # whoever writes past the rule meets the database's own
    try:
        jet.sql(f"UPDATE jet.learning_progress SET percent = 50 WHERE id = '{row['id']}'")
    except Exception as refused:
        assert "go back" in str(refused)
    else:
        raise AssertionError("progress went back")

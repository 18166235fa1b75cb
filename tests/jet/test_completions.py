"""Who completes a run, what they are given, and what stands in whose calendar."""

from datetime import timedelta

from icalendar import Calendar

from tests.jet.enrolling import Person, csv, employed, enrol, guest, listed, run, sends, session
from tests.jet.playing import done
from tests.support.jet import COORDINATOR, Jet
from tests.support.paper import words


def attended(jet: Jet, run_code: str, number: int, *people: Person) -> None:
    rows = [f"{run_code},{number},{person.number},出席" for person in people]
    told = sends(jet, "training-attendances", csv("run_code,session_number,jet_number,attendance", rows))
    assert told["errors"] == []


def award(jet: Jet, run_code: str) -> dict[str, object]:
    made: dict[str, object] = done(jet.call("jet_training_runs_award", path={"ref": run_code}))
    return made


def test_enough_sessions_with_every_component_earn_a_certificate_once(jet: Jet) -> None:
    at = run(jet, edition={"completion_percent": 60, "hours": 12, "name_ja": "架空通訳講座"})
    for number, component in ((1, "翻訳"), (2, "翻訳"), (3, "通訳")):
        session(jet, at, number, component=component)
    home = employed(jet).home
    enough, one_sided, little = (employed(jet, home) for _ in range(3))
    for person in (enough, one_sided, little):
        done(enrol(jet, at, jet_number=person.number))
    attended(jet, at, 1, enough, one_sided, little)
    attended(jet, at, 2, one_sided)
    attended(jet, at, 3, enough)
    made = award(jet, at)
    assert (made["awarded"], made["first_number"]) == (1, made["last_number"])
    assert award(jet, at)["awarded"] == 0
    (row,) = listed(jet, "training_completions", run_code=at)
    assert (row["jet_number"], row["completed_on"], row["fiscal_year"]) == (enough.number, "2024-11-08", 2024)
    attended(jet, at, 3, one_sided)
    assert award(jet, at)["awarded"] == 1
    # another run of the same edition gives no second award of the year
    numbers = [one["certificate_number"] for one in listed(jet, "training_completions", run_code=at)]
    assert len(set(numbers)) == 2
    told = jet.sql(
        "SELECT count(*) FROM jet.audit_entry WHERE resource = 'training-completions' AND action = 'award' "
        f"AND resource_id = '{row['id']}'"
    )
    assert told == [(1,)]


def test_e_learning_is_completed_by_finishing_it(jet: Jet) -> None:
    one, two = employed(jet), employed(jet)
    at = run(jet, edition={"delivery": "e_learning"})
    for person in (one, two):
        done(enrol(jet, at, jet_number=person.number))
    header = "jet_number,run_code,percent,read_on,finished_on"
    rows = [f"{one.number},{at},100,2024-12-01,2024-11-20", f"{two.number},{at},99,2024-12-01,"]
    sends(jet, "learning-progress", csv(header, rows))
    assert award(jet, at)["awarded"] == 1
    assert [row["completed_on"] for row in listed(jet, "training_completions", run_code=at)] == ["2024-11-20"]


def test_a_certificate_is_a_paper_in_either_language_for_whoever_sees_the_record(jet: Jet) -> None:
    one, other = employed(jet), employed(jet)
    at = run(jet, edition={"name_ja": "架空中間研修", "name_en": "Mid-year Conference"})
    session(jet, at)
    done(enrol(jet, at, jet_number=one.number))
    attended(jet, at, 1, one)
    award(jet, at)
    (row,) = listed(jet, "training_completions", one.caller, run_code=at)
    assert listed(jet, "training_completions", one.employer, run_code=at) == [row]
    path = {"ref": row["id"]}
    ja = jet.call("jet_training_completions_certificate", one.caller, path=path)
    assert (ja.status_code, ja.headers["content-type"]) == (200, "application/pdf")
    assert ja.headers["content-disposition"] == (
        f'inline; filename="certificate-{row["certificate_number"]}-ja.pdf"'
    )
    assert "修了証書" in words(ja.content) and "架空中間研修" in words(ja.content)
    for asked in ({"params": {"language": "en"}}, {"headers": {"Accept-Language": "en"}}):
        paper = jet.call("jet_training_completions_certificate", one.employer, path=path, **asked)
        assert "Mid-year Conference" in words(paper.content) and "Doe" in words(paper.content)
    for stranger in (other.caller, other.employer):
        assert jet.call("jet_training_completions_certificate", stranger, path=path).status_code == 404
    wrong = jet.call(
        "jet_training_completions_certificate", COORDINATOR, path=path, headers={"Accept": "text/csv"}
    )
    assert wrong.status_code == 406


def test_nobody_completes_what_was_cancelled_or_is_not_there(jet: Jet) -> None:
    at = run(jet)
    jet.sql(
        f"UPDATE jet.training_run SET cancelled_on = platform.today(), cancelled_reason = '台風' WHERE code = '{at}'"
    )
    refused = jet.call("jet_training_runs_award", path={"ref": at})
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    assert jet.call("jet_training_runs_award", path={"ref": "NO-SUCH-RUN"}).status_code == 404


def calendar(jet: Jet, caller: object = COORDINATOR, **params: str) -> list[object]:
    answer = jet.call("jet_calendar_read", caller, params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


def test_a_calendar_shows_each_reader_their_own_sessions(jet: Jet) -> None:
    one = employed(jet)
    at, quiet, full = run(jet), run(jet, informed=False), run(jet, seats=0)
    for code in (at, quiet, full):
        session(jet, code, title_ja="開会", title_en="Opening", place="架空会館")
    for code in (at, quiet, full):
        done(enrol(jet, code, jet_number=one.number))
    mine = calendar(jet, one.caller)
    assert [str(event["DESCRIPTION"]) for event in mine] == [at, quiet]  # type: ignore[index]
    assert str(mine[0]["SUMMARY"]).endswith("開会") and str(mine[0]["LOCATION"]) == "架空会館"  # type: ignore[index]
    assert mine[0]["DTSTART"].dt.utcoffset() == timedelta(hours=9)  # type: ignore[index]
    theirs = calendar(jet, one.employer)
    assert [str(event["DESCRIPTION"]) for event in theirs] == [f"{at}\nDoe"]  # type: ignore[index]
    assert calendar(jet, employed(jet).employer) == [] == calendar(jet, employed(jet).caller)
    (all_of,) = calendar(jet, run_code=full, language="en")
    assert str(all_of["SUMMARY"]).endswith("Opening")  # type: ignore[index]
    before = int(calendar(jet, one.caller)[0]["SEQUENCE"])  # type: ignore[index]
    cancel = {"cancelled_reason": "台風"}
    done(jet.call("jet_training_runs_cancel", path={"ref": at}, json=cancel))
    event = next(one for one in calendar(jet, one.caller) if at in str(one["DESCRIPTION"]))  # type: ignore[index]
    assert (str(event["STATUS"]), int(event["SEQUENCE"]) > before) == ("CANCELLED", True)  # type: ignore[index]


def test_somebody_without_a_number_completes_too(jet: Jet) -> None:
    at = run(jet)
    of = session(jet, at)["id"]
    ticket = done(enrol(jet, at, **guest("見本 花子")))["ticket"]
    done(jet.call("jet_training_sessions_check_in", path={"ref": of}, json={"ticket": ticket}))
    assert award(jet, at)["awarded"] == 1
    (row,) = listed(jet, "training_completions", run_code=at)
    paper = jet.call("jet_training_completions_certificate", path={"ref": row["id"]})
    assert "見本花子" in words(paper.content).replace(" ", "")

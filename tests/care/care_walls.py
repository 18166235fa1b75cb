"""Who reads and stores which row of counselling, as plain Python states it, table by table."""

from collections.abc import Mapping

from tests.care.care_rows import CASES, CLAIMS, ID, NAMED, OPENINGS, SERVES, SLOTS, Case, number
from tests.walls.second_wall import Asker, Row, Rule, Wall, either, plumbing, roles, said

OFFICER, WORKER = roles("care_officer"), roles("worker")
COUNSELLOR, PARTICIPANT = roles("counsellor"), roles("participant")
OVERSIGHT = roles("care_officer", "protector")
READERS = roles("coordinator", "care_officer", "protector")
ADDED, KEPT, REMOVED = "SELECT INSERT", "SELECT INSERT UPDATE", "SELECT INSERT DELETE"
BY_ID: Mapping[str, Case] = {ID[name]: case for name, case in CASES.items()}
NAMES = {identity: name for name, identity in ID.items()}
CLAIM_BY_ID = {number(7, n): claim for n, claim in enumerate(CLAIMS)}
# the day on which all this is tried lies in the fiscal year of 2024
TODAY = "2024-07-08"


def nobody(*_: object) -> bool:
    return False


def both(*rules: Rule) -> Rule:
    return lambda asker, row: all(rule(asker, row) for rule in rules)


def name_of(asker: Asker) -> str:
    return NAMES.get(asker.person, "")


def parted(one: str, other: str) -> bool:
    """Oneself, whom a wall that stands names, and who serves under the same host authority today."""
    at = {
        person: {host for who, host, first, last in SERVES if who == person and first <= TODAY < last}
        for person in (one, other)
    }
    return one == other or (one, other, True) in NAMED or bool(one != other and at[one] & at[other])


def counsels(asker: Asker, row: Row) -> bool:
    case, me = BY_ID[row["case_id"]], name_of(asker)
    return bool(
        asker.role == "counsellor"
        and me
        and case.counsellor == me
        and case.person
        and not parted(me, case.person)
    )


def speaks(asker: Asker, row: Row) -> bool:
    person = BY_ID[row["case_id"]].person
    return bool(asker.role == "participant" and person and person == name_of(asker))


def glass(asker: Asker, row: Row) -> bool:
    """Opened for the asker by another, not over, and of nobody from whom a wall parts them."""
    case, me = BY_ID[row["case_id"]], name_of(asker)
    mine = [
        o
        for o in OPENINGS
        if ID[o.case] == row["case_id"] and o.by == me and o.state == "open" and o.hours > 0
    ]
    return bool(asker.role == "care_officer" and me and mine and case.person and not parted(me, case.person))


def decides(person: str) -> Rule:
    """An officer whom nothing parts from the person, if there still is one."""
    return lambda asker, _: bool(
        asker.role == "care_officer" and asker.person and not (person and parted(name_of(asker), person))
    )


def of_case(row: Row) -> Row:
    return {"case_id": row["id"]}


def opens(asker: Asker, row: Row) -> bool:
    """An officer for whoever telephones: in an open case of somebody from whom no wall parts them."""
    case, me = BY_ID[row["case_id"]], name_of(asker)
    return bool(OFFICER(asker, row) and me and case.state == "open" and not parted(me, case.person))


def of_others(asker: Asker, row: Row) -> bool:
    """A wall that does not name the asker."""
    return not asker.person or asker.person not in (row["counsellor_id"], row["participant_id"])


def old(_: Asker, row: Row) -> bool:
    """A wall that was last needed before the last fiscal year."""
    return bool(row["needed_on"] < "2023-04-01")


def recorded(asker: Asker, row: Row) -> bool:
    """An officer, of a booking of this counsellor's in this case that was held."""
    held = {number(11, n): (ID[s.case], ID[s.counsellor]) for n, s in enumerate(SLOTS) if s.state == "held"}
    of_booking = held.get(row["booking_id"] or "") == (row["case_id"], row["counsellor_id"])
    return OFFICER(asker, row) and of_booking and row["message_id"] is None


def its(rule: Rule) -> Rule:
    return lambda asker, row: rule(asker, of_case(row))


def oneself(column: str) -> Rule:
    return lambda asker, row: bool(asker.person) and row[column] == asker.person


def where(**values: object) -> Rule:
    """A column has the value, or one of the values."""
    return lambda _, row: all(
        row[name] in value if isinstance(value, tuple) else row[name] == value
        for name, value in values.items()
    )


CASE = either(counsels, speaks, OFFICER, WORKER)
MINE = both(counsels, oneself("counsellor_id"))


def cases() -> dict[str, Wall]:
    new = where(state="open", counsellor_id=None)
    first_word = both(either(both(PARTICIPANT, oneself("person_id")), its(opens)), new)
    others = both(OFFICER, of_others)
    keys = either(speaks, counsels, WORKER, glass, both(OFFICER, claimed))
    return {
        "care.serving": Wall(either(WORKER, OFFICER), WORKER, verbs=REMOVED, finds=WORKER),
        "care.person_wall": Wall(
            either(others, WORKER), both(WORKER, old), insert=others, change=either(others, WORKER)
        ),
        "care.care_case": Wall(
            its(CASE), nobody, verbs=KEPT, insert=first_word,
            change=either(OFFICER, WORKER, its(counsels), both(its(speaks), where(state="open"))),
        ),
        "care.case_key": Wall(keys, both(keys, WORKER), verbs=REMOVED, insert=either(speaks, opens)),
    }  # fmt: skip


def claim_read(asker: Asker, claim: object) -> bool:
    assert isinstance(claim, type(CLAIMS[0]))
    person = CASES[claim.case].person
    own = asker.role == "participant" and bool(person) and name_of(asker) == person
    return own or asker.role == "worker" or (decides(person)(asker, {}) and claim.state != "draft")


def claimed(asker: Asker, row: Row) -> bool:
    """There is a claim in the case for this asker to see."""
    return any(claim_read(asker, claim) for claim in CLAIMS if ID[claim.case] == row["case_id"])


def content() -> dict[str, Wall]:
    said_between, theirs = either(counsels, speaks), either(counsels, glass)
    participants = both(speaks, where(counsellor_id=None))
    agrees = both(speaks, where(state=("consented", "withdrawn")))
    return {
        "care.channel": Wall(said, nobody, verbs="SELECT"),
        "care.message": Wall(
            either(said_between, glass), either(MINE, both(speaks, where(written_by="participant"))), verbs=ADDED
        ),
        "care.contact": Wall(
            either(counsels, OFFICER, WORKER),
            either(
                MINE, both(participants, lambda _, row: row["message_id"] is not None),
                both(opens, where(counsellor_id=None, message_id=None)), recorded,
            ), verbs=ADDED,
        ),
        "care.contact_text": Wall(theirs, counsels, verbs=ADDED),
        "care.note": Wall(either(MINE, glass), MINE, verbs=ADDED),
        "care.referral": Wall(
            either(said_between, glass), nobody, verbs=KEPT, insert=both(MINE, where(state="proposed")),
            change=either(counsels, agrees),
        ),
        "care.follow_up": Wall(theirs, counsels, verbs=KEPT, insert=MINE),
    }  # fmt: skip


def oversight() -> dict[str, Wall]:
    seen = either(OVERSIGHT, WORKER)
    opens = either(lambda _, row: row["state"] != "open", oneself("decided_by"))
    return {
        "care.glass_opening": Wall(
            seen, nobody, verbs=KEPT, insert=both(OFFICER, oneself("requested_by"), where(state="requested")),
            change=either(WORKER, both(OVERSIGHT, opens)),
        ),
        "care.shred_proof": Wall(seen, WORKER, verbs=ADDED),
    }  # fmt: skip


def money() -> dict[str, Wall]:
    def its_officer(asker: Asker, row: Row) -> bool:
        return decides(NAMES.get(row["person_id"] or "", ""))(asker, row)

    def its_decider(asker: Asker, row: Row) -> bool:
        return decides(BY_ID[row["case_id"]].person)(asker, row)

    def read_through(asker: Asker, row: Row) -> bool:
        return claim_read(asker, CLAIM_BY_ID[row["claim_id"]])

    def whole(asker: Asker, row: Row) -> bool:
        """A payment is shown to whom all its claims are."""
        of = [one for one in CLAIMS if one.payment and number(8, one.payment) == row["id"]]
        return asker.role == "care_officer" and all(claim_read(asker, one) for one in of)

    handed_in = both(its_decider, lambda _, row: row["state"] != "draft")
    decided = both(its_decider, where(state=("returned", "approved", "refused", "paid")))
    known = either(OFFICER, PARTICIPANT, WORKER)
    own = either(its_officer, oneself("person_id"))
    return {
        "care.subsidy_term": Wall(known, OFFICER, verbs=KEPT),
        "care.exchange_rate": Wall(known, OFFICER, verbs=KEPT),
        "care.allowance": Wall(
            either(its_officer, both(PARTICIPANT, oneself("person_id")), WORKER), either(its_officer, WORKER),
            verbs=KEPT, insert=both(OFFICER, own, its_officer),
        ),
        "care.claim": Wall(
            either(handed_in, speaks, WORKER), nobody, verbs=KEPT, insert=both(speaks, where(state="draft")),
            change=either(decided, both(speaks, where(state=("draft", "submitted", "returned")))),
        ),
        "care.claim_receipt": Wall(
            read_through, either(PARTICIPANT, WORKER), verbs=REMOVED, insert=both(PARTICIPANT, read_through)
        ),
        "care.claim_payment": Wall(whole, both(OFFICER, oneself("made_by")), verbs=ADDED),
        "care.claim_figure": Wall(OFFICER, OFFICER, "yen = 7", verbs=KEPT),
    }  # fmt: skip


def time() -> dict[str, Wall]:
    held = {number(10, n) for n, s in enumerate(SLOTS) if s.withdrawn or (s.case and s.state != "cancelled")}
    held |= {number(10, 12)}
    slots = {number(10, n): slot for n, slot in enumerate(SLOTS)}

    def booked(asker: Asker, row: Row) -> bool:
        slot = slots[row["id"]]
        return bool(slot.case) and speaks(asker, {"case_id": ID[slot.case]})

    def offered(asker: Asker, row: Row) -> bool:
        """Free, not beyond a wall, and of nobody else than who has the open case."""
        counsellor, me = slots[row["id"]].counsellor, name_of(asker)
        having = {c.counsellor for c in CASES.values() if me and c.person == me and c.state == "open"} - {""}
        free = row["id"] not in held and bool(me) and not parted(counsellor, me)
        return asker.role == "participant" and free and having <= {counsellor}

    def sees(asker: Asker, row: Row) -> bool:
        """The booking of a slot."""
        slot = slots[row["slot_id"]]
        return bool(slot.case) and booking(
            asker, {"case_id": ID[slot.case], "counsellor_id": ID[slot.counsellor]}
        )

    def booked_now(asker: Asker, row: Row) -> bool:
        return PARTICIPANT(asker, row) and sees(asker, row) and slots[row["slot_id"]].state != "cancelled"

    def called_off(asker: Asker, row: Row) -> bool:
        return sees(asker, row) and slots[row["slot_id"]].state == "cancelled"

    booking = either(OFFICER, WORKER, speaks, MINE)
    offers = both(COUNSELLOR, oneself("counsellor_id"))
    here: Rule = lambda asker, row: row["organisation_id"] in asker.organisations  # noqa: E731
    away = both(either(OFFICER, speaks), where(state="cancelled"))
    begun = both(OFFICER, where(state=("held", "no_show")), lambda _, row: row["starts_at"] < TODAY)
    return {
        "care.slot": Wall(
            either(OFFICER, WORKER, offers, booked, offered), offers, verbs=KEPT, insert=both(offers, here)
        ),
        "care.slot_hold": Wall(
            either(PARTICIPANT, COUNSELLOR, OFFICER, WORKER), called_off, verbs=REMOVED,
            insert=either(COUNSELLOR, booked_now),
        ),
        "care.booking": Wall(
            booking, nobody, verbs=KEPT, change=either(MINE, away, begun, WORKER), insert=both(speaks, where(state="booked"))
        ),
    }  # fmt: skip


def figures() -> dict[str, Wall]:
    returns = either(
        OFFICER, both(COUNSELLOR, lambda asker, row: row["organisation_id"] in asker.organisations)
    )
    fresh = both(OFFICER, where(release_id=number(12, 1)))

    def protected(_: Asker, row: Row) -> bool:
        """Rounded to 5, and of ten at least before that."""
        return row["value"] is None or (row["value"] % 5 == 0 and row["value"] + 2 >= 10)

    def oneself_reads(asker: Asker, row: Row) -> bool:
        same = (row["client"], row["role"], row["person_id"] or "") == ("c", asker.role, asker.person)
        return READERS(asker, row) and same

    return {
        "care.vendor_return": Wall(returns, returns, moves={"organisation_id": ID["elsewhere"]}, verbs=KEPT),
        "care.figure_release": Wall(
            either(READERS, COUNSELLOR), both(OFFICER, where(id=number(12, 1))), verbs=ADDED
        ),
        "care.figure_total": Wall(READERS, fresh, verbs=ADDED),
        "care.figure_cell": Wall(READERS, both(fresh, protected), verbs=ADDED),
        "care.release_reading": Wall(OVERSIGHT, oneself_reads, verbs=ADDED),
    }


def walls() -> dict[str, Wall]:
    """Nothing is published: the outbox is empty, and who seals the audit alone would see that."""
    untold = {"care.outbox": Wall(WORKER, nobody, verbs=ADDED)}
    tables = cases() | content() | oversight() | money() | time() | figures()
    return plumbing("care", "protector") | untold | tables

"""Rows of every table of counselling, and who asks for them: stored by SQL in a transaction that is never committed."""

import json
from typing import NamedTuple
from uuid import UUID

from services.kit.auth.principal import ROLES
from tests.walls.second_wall import SEEDS, Asker
from tests.walls.seeding import plumbed

_NAMES = (
    # participants; the last serves nowhere and has never said a word
    "quill", "quarry", "quiver", "quartz", "quorum", "quiet",
    # counsellors of two vendors, and an adviser on the roster
    "kaede", "kiri", "adviser",
    "olive", "opal", "protector",
    # organisations
    "vendor", "other_vendor", "host", "elsewhere",
    # cases
    "told", "parted", "moved_on", "colleague", "free", "gone", "new", "officers",
)  # fmt: skip
ID = {name: str(UUID(int=0x0197A0000000_7000_8000_00000000CA00 + n)) for n, name in enumerate(_NAMES)}


def number(kind: int, n: int) -> str:
    """The id of a row that has no name."""
    return str(UUID(int=0x0197A0000000_7000_8000_000000010000 + 0x100 * kind + n))


class Case(NamedTuple):
    person: str
    counsellor: str = ""
    state: str = "open"


# a wall was set later in `parted`, and the adviser's colleague came to the prefecture; `officers` is an officer's own
CASES = {
    "told": Case("quill", "kaede"),
    "parted": Case("quarry", "kiri"),
    "moved_on": Case("quill", "kiri", "closed"),
    "colleague": Case("quiver", "adviser"),
    "free": Case("quartz", "adviser", "closed"),
    "gone": Case("", "kaede", "shredded"),
    "new": Case("quorum"),
    "officers": Case("opal", "kaede"),
}
# who, from whom, and whether it stands
NAMED = (
    ("kiri", "quarry", True),
    ("opal", "quarry", True),
    ("adviser", "quartz", False),
    ("kaede", "quiet", True),
    ("kiri", "olive", True),
)
# the first day of the last fiscal year, and the day before it
NEEDED_ON = {"adviser": "2023-03-31", "opal": "2023-04-01"}
SERVES = (
    ("adviser", "host", "2024-04-01", "2025-08-01"), ("quiver", "host", "2024-04-01", "2025-08-01"),
    ("adviser", "elsewhere", "2022-08-01", "2024-04-01"), ("quartz", "elsewhere", "2022-08-01", "2025-08-01"),
)  # fmt: skip


class Opening(NamedTuple):
    case: str
    by: str
    decided_by: str
    state: str
    hours: int


# the fourth is open, and of no use: a wall parts who asked for it
OPENINGS = (
    Opening("told", "olive", "opal", "open", 4), Opening("moved_on", "olive", "opal", "open", -4),
    Opening("new", "olive", "", "requested", 0), Opening("parted", "opal", "olive", "open", 4),
    Opening("moved_on", "opal", "protector", "open", 4), Opening("free", "opal", "olive", "ended", 4),
    Opening("free", "olive", "protector", "refused", 0), Opening("gone", "olive", "opal", "open", 4),
    Opening("colleague", "olive", "opal", "open", 4),
)  # fmt: skip


class Claim(NamedTuple):
    case: str
    state: str
    payment: int = 0


# `gone` names whom it was paid to no more
CLAIMS = (
    Claim("told", "draft"), Claim("told", "submitted"), Claim("parted", "submitted"), Claim("parted", "paid", 1),
    Claim("told", "paid", 1), Claim("told", "paid", 2), Claim("officers", "approved"), Claim("new", "draft"),
    Claim("gone", "paid", 3), Claim("moved_on", "returned"),
)  # fmt: skip


class Slot(NamedTuple):
    counsellor: str
    case: str = ""
    state: str = ""
    withdrawn: bool = False


SLOTS = (
    Slot("kaede"), Slot("kaede", "told", "booked"), Slot("kaede", "told", "cancelled"), Slot("kaede", withdrawn=True),
    Slot("kiri"), Slot("kiri", "parted", "booked"), Slot("kiri", "moved_on", "held"), Slot("adviser"),
    Slot("adviser", "colleague", "booked"), Slot("adviser", "free", "no_show"), Slot("kaede", "officers", "booked"),
    Slot("kaede", "gone", "held"), Slot("adviser", "free", "cancelled"),
)  # fmt: skip
# contacts that are of a booking: of one that was held, and of one that was not
TALKS = {
    slot.case: f"'{number(11, n)}'"
    for n, slot in enumerate(SLOTS)
    if (slot.case, slot.state) in {("moved_on", "held"), ("free", "no_show")}
}


READINGS = (
    ("c", "care_officer", "olive"), ("c", "care_officer", ""), ("c", "coordinator", "quill"), ("d", "protector", "protector"),
    ("c", "protector", "protector"), ("c", "counsellor", "kaede"),
)  # fmt: skip


def _asker(role: str, person: str = "", organisation: str = "", key: str = "") -> Asker:
    key = key or f"{role} {person}/"
    values = {
        "client": "c",
        "role": role,
        "key": key,
        "person": ID.get(person),
        "organisation": ID.get(organisation),
    }
    setting = json.dumps({name: value for name, value in values.items() if value})
    seen = frozenset([ID[organisation]] if organisation else ())
    return Asker(role, seen, ID.get(person, ""), key, setting)


def askers() -> list[Asker]:
    """Every role in the name of somebody whose case, or whose work, it would be in another."""
    held = ("participant", "counsellor", "care_officer", "protector")
    blob, other_blob = SEEDS
    return [
        Asker(""),
        _asker("worker"),
        *(_asker("participant", name) for name in ("quill", "quarry", "quiver", "quartz", "quorum", "quiet", "opal", "")),
        _asker("counsellor", "kaede", "vendor"),
        _asker("counsellor", "kiri", "other_vendor"),
        _asker("counsellor", "adviser", "host"),
        _asker("counsellor", "quill", "vendor"),
        _asker("counsellor", "", "vendor"),
        _asker("care_officer", "olive", key=blob),
        _asker("care_officer", "opal", key=other_blob),
        _asker("care_officer", "quill"),
        _asker("care_officer"),
        _asker("protector", "protector"),
        *(_asker(role, "quill", "host") for role in (*ROLES, "issuer", "door") if role not in held),
        *(_asker(role, "kaede", "vendor") for role in ("service", "organisation")),
        _asker("coordinator", "olive"),
    ]  # fmt: skip


def _lines(table: str, columns: str, rows: list[str]) -> str:
    return f"INSERT INTO care.{table} ({columns}) VALUES {', '.join(f'({row})' for row in rows)};\n"


def _or_null(name: str) -> str:
    return f"'{ID[name]}'" if name else "NULL"


def vendor_of(counsellor: str) -> str:
    return {"kaede": "vendor", "kiri": "other_vendor", "adviser": "host"}.get(counsellor, "")


def _cases() -> str:
    cases, keys = [], []
    for name, case in CASES.items():
        over = "NULL, NULL" if case.state == "open" else "'2019-04-01', '2025-03-31'"
        shredded = "platform.now()" if case.state == "shredded" else "NULL"
        cases.append(
            f"'{ID[name]}', 'C-{name}', {_or_null(case.person)}, {_or_null(case.counsellor)}, "
            f"{_or_null(vendor_of(case.counsellor))}, '{case.state}', {over}, {shredded}"
        )
        keys.append(f"'{ID[name]}', decode(repeat('00', 60), 'hex'), sha256('{name}')")
    columns = (
        "id, pseudonym, person_id, counsellor_id, organisation_id, state, closed_on, keep_until, shredded_at"
    )
    # the key of the shredded one is there: that it is gone must not be what hides it
    return _lines("care_case", columns, cases) + _lines("case_key", "case_id, wrapped, fingerprint", keys)


def _walls() -> str:
    walls = [
        f"'{ID[one]}', '{ID[other]}', 'x', {'NULL' if stands else 'platform.now()'}, '{NEEDED_ON.get(one, '2024-07-08')}'"
        for one, other, stands in NAMED
    ]  # fmt: skip
    serving = [
        f"'{ID[person]}', '{ID['elsewhere']}', '{ID[host]}', daterange('{first}', '{last}')"
        for person, host, first, last in SERVES
    ]
    return _lines(
        "person_wall", "counsellor_id, participant_id, reason, lifted_at, needed_on", walls
    ) + _lines("serving", "person_id, organisation_id, host_id, effective", serving)


def _said() -> str:
    messages, contacts, texts, notes, referrals, follow_ups = ([] for _ in range(6))
    for n, (name, case) in enumerate(CASES.items()):
        of, writer = ID[name], case.counsellor or "kaede"
        messages += [
            f"'{number(1, 2 * n)}', '{of}', 'participant', NULL, 'x'",
            f"'{number(1, 2 * n + 1)}', '{of}', 'counsellor', '{ID[writer]}', 'x'",
        ]
        contacts += [
            f"'{number(2, 4 * n)}', '{of}', 'web_mail', '2024-06-01', NULL, '{number(1, 2 * n)}', NULL",
            f"'{number(2, 4 * n + 1)}', '{of}', 'phone', '2024-06-01', '{ID[writer]}', NULL, {TALKS.get(name, 'NULL')}",
            f"'{number(2, 4 * n + 2)}', '{of}', 'phone', '2024-06-01', '{ID['kiri']}', NULL, NULL",
            f"'{number(2, 4 * n + 3)}', '{of}', 'phone', '2024-06-01', NULL, NULL, NULL",
        ]
        texts.append(f"'{number(2, 4 * n + 1)}', '{of}', 'x'")
        # whoever had the case before leaves theirs behind
        for m, one in enumerate(dict.fromkeys((writer, "kaede", "kiri"))):
            notes.append(f"'{number(3, 3 * n + m)}', '{of}', '{ID[one]}', 'x'")
            follow_ups.append(f"'{number(5, 3 * n + m)}', '{of}', '{ID[one]}', '2024-09-01', 'x'")
            proposed = f"'{of}', '{ID[one]}', 'x', 'x', 'proposed', NULL, NULL, NULL"
            consented = f"'{of}', '{ID[one]}', 'x', 'x', 'consented', 'participant', platform.now(), NULL"
            referrals.append(f"'{number(4, 3 * n + m)}', {consented if m or name == 'parted' else proposed}")
        if name == "officers":
            referrals[-3:] = [one for one in referrals[-3:] if "consented" in one]
    return (
        _lines("message", "id, case_id, written_by, counsellor_id, body", messages)
        + _lines("contact", "id, case_id, channel, held_on, counsellor_id, message_id, booking_id", contacts)
        + _lines("contact_text", "contact_id, case_id, content", texts)
        + _lines("note", "id, case_id, counsellor_id, content", notes)
        + _lines(
            "referral",
            "id, case_id, counsellor_id, referred_to, content, state, consented_by, consented_at, sent_at",
            referrals,
        )
        + _lines("follow_up", "id, case_id, counsellor_id, due_on, content", follow_ups)
    )


def _glass() -> str:
    rows = []
    for n, one in enumerate(OPENINGS):
        decided = f"platform.now() + interval '{min(one.hours, 0) - 1} hours'" if one.decided_by else "NULL"
        until = f"platform.now() + interval '{one.hours} hours'" if one.hours else "NULL"
        ended = "platform.now()" if one.state == "ended" else "NULL"
        rows.append(
            f"'{number(6, n)}', '{ID[one.case]}', 'C-{one.case}', 'court_order', '{one.state}', '{ID[one.by]}', "
            f"{_or_null(one.decided_by)}, {decided}, {until}, {ended}"
        )
    columns = (
        "id, case_id, pseudonym, reason, state, requested_by, decided_by, decided_at, expires_at, ended_at"
    )
    proofs = [f"'{ID[name]}', sha256('{name}'), '2024-03-31'" for name in ("gone", "moved_on")]
    return _lines("glass_opening", columns, rows) + _lines(
        "shred_proof", "case_id, fingerprint, kept_until", proofs
    )


def _claims() -> str:
    claims, receipts = [], []
    for n, one in enumerate(CLAIMS):
        submitted = "NULL" if one.state == "draft" else "platform.now()"
        decided = one.state not in ("draft", "submitted")
        by = f"platform.now(), '{ID['olive']}'" if decided else "NULL, NULL"
        granted = "8000, 4000" if one.state in ("approved", "paid") else "NULL, NULL"
        paid = f"'2024-07-31', '{number(8, one.payment)}'" if one.payment else "NULL, NULL"
        claims.append(
            f"'{number(7, n)}', '{ID[one.case]}', '2024-05-01', 'JPY', 8000, 'x', '{one.state}', {submitted}, {by}, "
            f"{granted}, {paid}"
        )
        receipts.append(
            f"'{number(9, n)}', '{number(7, n)}', 'image/png', 1, decode(repeat('00', 29), 'hex')"
        )
    payments = [
        f"'{number(8, payment)}', '2099-07-31', '{ID[by]}', {claims_}, 4000"
        for payment, by, claims_ in ((1, "olive", 2), (2, "opal", 1), (3, "olive", 1))
    ]
    allowances = [
        f"{_or_null(person)}, {year}, 20000, 4000"
        for person, year in (("quill", 2024), ("quarry", 2024), ("opal", 2024), ("", 2024), ("quorum", 2023), ("quiet", 2023))
    ]  # fmt: skip
    columns = (
        "id, case_id, service_on, currency, amount, details, state, submitted_at, decided_at, decided_by, "
        "amount_yen, granted_yen, pay_on, payment_id"
    )
    return (
        _lines("claim_payment", "id, pay_on, made_by, claims, total_yen", payments)
        + _lines("claim", columns, claims)
        + _lines("claim_receipt", "id, claim_id, media_type, size, content", receipts)
        + _lines("allowance", "person_id, fiscal_year, cap_yen, granted_yen", allowances)
        + _lines(
            "claim_figure", "fiscal_year, claims, persons, yen", ["2023, 3, 2, 9000", "2024, 4, 3, 16000"]
        )
        + _lines(
            "subsidy_term", "fiscal_year, subsidy_percent, cap_yen", ["2017, 50, 20000", "2024, 50, 30000"]
        )
        + _lines(
            "exchange_rate",
            "currency, valid_from, valid_to, yen_rate",
            [f"'{one}', '2024-04-01', '2025-03-31', 200" for one in ("GBP", "XTS")],
        )
    )


def _slots() -> str:
    slots, holds, bookings = [], [], []
    for n, one in enumerate(SLOTS):
        day, identity = f"2099-07-{n + 1:02d}", number(10, n)
        span = f"'{day} 10:00+09', '{day} 11:00+09'"
        slots.append(
            f"'{identity}', '{ID[one.counsellor]}', '{ID[vendor_of(one.counsellor)]}', 'Asia/Tokyo', '{day} 10:00', "
            f"{span}, 'online', {one.withdrawn}"
        )
        if one.withdrawn or (one.case and one.state != "cancelled"):
            holds.append(f"'{identity}'")
        if one.case:
            by = "'care'" if one.state == "cancelled" else "NULL"
            bookings.append(
                f"'{number(11, n)}', '{identity}', '{ID[one.counsellor]}', {span}, '{ID[one.case]}', 'Asia/Tokyo', "
                f"'{one.state}', {by}"
            )
    # one of which the participant knows that it is cancelled, and which another has
    holds.append(f"'{number(10, 12)}'")
    columns = (
        "id, counsellor_id, organisation_id, time_zone, local_start, starts_at, ends_at, channel, withdrawn"
    )
    booked = "id, slot_id, counsellor_id, starts_at, ends_at, case_id, participant_zone, state, cancelled_by"
    return (
        _lines("slot", columns, slots)
        + _lines("slot_hold", "slot_id", holds)
        + _lines("booking", booked, bookings)
    )


def _figures() -> str:
    """The older release is of another transaction, and takes no more figures."""
    returns = [
        f"'{ID[one]}', 2024, {month}, 'phone', 'cases', 3"
        for month, one in enumerate(("vendor", "other_vendor", "host"), start=4)
    ]
    releases = [
        f"'{number(12, 0)}', 2022, 10, 5, 10, '3'",
        f"'{number(12, 1)}', 2023, 10, 5, 10, pg_current_xact_id()::text",
    ]
    totals = [f"'{number(12, n)}', 1, 'x', 'x', 10" for n in (0, 1)]
    cells = [
        f"'{number(12, n)}', 'x', 'x', '{part}', 'cases', {value}"
        for n, part, value in ((0, "a", "20"), (1, "a", "20"), (1, "b", "NULL"), (1, "c", "12"), (1, "d", "5"))
    ]  # fmt: skip
    readings = [
        f"'{number(12, 0)}', '{client}', '{role}', {_or_null(person)}" for client, role, person in READINGS
    ]
    return (
        _lines("vendor_return", "organisation_id, fiscal_year, month, channel, unit, value", returns)
        + _lines("figure_release", "id, fiscal_year, threshold, rounding, protection, transaction", releases)
        + _lines("figure_total", "release_id, row_no, service, audience, cases", totals)
        + _lines("figure_cell", "release_id, cut, channel, part, unit, value", cells)
        + _lines("release_reading", "release_id, client, role, person_id", readings)
    )


TABLES = (
    "release_reading", "figure_cell", "figure_total", "figure_release", "vendor_return",
    "slot_hold", "booking", "slot", "claim_receipt", "claim", "claim_payment", "allowance", "claim_figure",
    "exchange_rate", "subsidy_term", "shred_proof", "glass_opening", "follow_up", "referral", "note", "contact_text",
    "contact", "message", "case_key", "care_case", "person_wall", "serving", "audit_leaf", "audit_checkpoint",
    "audit_entry", "outbox",
)  # fmt: skip


def rows() -> str:
    """In place of what other tests have left there; the channels are those of the migration."""
    cleared = "".join(f"DELETE FROM care.{table};" for table in TABLES)
    organisations = dict(zip(SEEDS, (ID["host"], ID["vendor"]), strict=True))
    made = (_cases(), _walls(), _said(), _glass(), _claims(), _slots(), _figures())
    return cleared + plumbed("care", organisations) + "".join(made)

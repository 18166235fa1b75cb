"""The service of counselling (相談): a process, a schema, a database role, keys and scopes of its own.

It imports nothing of the rest of JET and is imported by nothing; whoever has no scope of it finds none of its paths.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI

from services.jet.care import access, keys
from services.jet.care.bookings import calendar
from services.jet.care.bookings import routes as booking
from services.jet.care.bookings.resource import bookings
from services.jet.care.cases import routes as case
from services.jet.care.cases.proofs import shred_proofs
from services.jet.care.cases.resource import cases
from services.jet.care.cases.service import shred_due
from services.jet.care.claims import routes as claiming
from services.jet.care.claims.resource import allowances, claims
from services.jet.care.claims.service import close_over
from services.jet.care.contacts import routes as contact
from services.jet.care.contacts.resource import channels, contacts
from services.jet.care.follow_ups import routes as follow_up
from services.jet.care.follow_ups.resource import follow_ups
from services.jet.care.glass import routes as glass
from services.jet.care.glass.resource import glass_openings
from services.jet.care.glass.service import notices
from services.jet.care.messages import routes as message
from services.jet.care.messages.resource import messages
from services.jet.care.notes import routes as note
from services.jet.care.notes.resource import notes
from services.jet.care.payments import routes as paying
from services.jet.care.payments.resource import claim_payments
from services.jet.care.person_walls import routes as wall
from services.jet.care.person_walls.resource import person_walls
from services.jet.care.person_walls.service import remove_old
from services.jet.care.rates.resource import exchange_rates, subsidy_terms
from services.jet.care.receipts import routes as receipting
from services.jet.care.receipts.resource import claim_receipts
from services.jet.care.referrals import routes as referral
from services.jet.care.referrals.resource import referrals
from services.jet.care.releases import routes as release
from services.jet.care.releases.resource import figure_releases, release_readings
from services.jet.care.releases.statistics import STATISTICS
from services.jet.care.returns.resource import vendor_returns
from services.jet.care.searches import routes as search
from services.jet.care.serving.service import copy_roster
from services.jet.care.slots import routes as slot
from services.jet.care.slots.resource import slots
from services.kit.db.session import Database
from services.kit.http.app import create_service
from services.kit.http.calendars import mount_calendar
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble
from services.kit.jobs import Work
from services.kit.mail import MailSettings

RESOURCES = (
    cases,
    allowances,
    bookings,
    channels,
    claim_payments,
    claim_receipts,
    claims,
    contacts,
    exchange_rates,
    figure_releases,
    follow_ups,
    glass_openings,
    messages,
    notes,
    person_walls,
    referrals,
    release_readings,
    shred_proofs,
    slots,
    subsidy_terms,
    vendor_returns,
)
COMMANDS = (
    case, message, contact, note, referral, follow_up, wall, glass, search, slot, booking, claiming, receipting, paying,
    release,
)  # fmt: skip
diary = router_for("care")
slices = assemble(
    "care",
    "care",
    RESOURCES,
    (diary, *(one.router for one in COMMANDS)),
    mount_calendar(
        diary, "care", (calendar.APPOINTMENTS,), access.OWN_BOOKINGS, calendar.TITLE, file="appointments"
    )
    | mount_statistics(diary, STATISTICS)
    | {n: r for one in COMMANDS for n, r in one.RULES.items()},
    hidden="protector",
)
MATRIX = slices.matrix


def works(database: Database) -> Mapping[str, Work]:
    """What its worker does."""
    return {**notices(database, MailSettings())}


def daily(database: Database) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What its worker does once a day."""
    return {
        "close_over": lambda: close_over(database),
        "shred_due": lambda: shred_due(database),
        "copy_roster": lambda: copy_roster(database),
        "remove_old_walls": lambda: remove_old(database),
    }


async def _with_its_key(_: FastAPI) -> None:
    keys.master()


def create_app() -> FastAPI:
    return create_service(
        "care",
        title="Kakehashi: care",
        description="相談。\n\nCounselling.",
        schema="care",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
        started=_with_its_key,
    )

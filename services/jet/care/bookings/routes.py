"""Commands on bookings: cancel, and record whether it was held."""

from services.jet.care import access
from services.jet.care.bookings import service
from services.jet.care.bookings.resource import bookings
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {
    "care_bookings_cancel": access.CANCELS,
    "care_bookings_hold": access.RECORDS_BOOKINGS,
    "care_bookings_miss": access.RECORDS_BOOKINGS,
}


async def cancel(session: WriteSession, booking: Record) -> None:
    await service.move(session, booking["id"], "cancel")


async def hold(session: WriteSession, booking: Record) -> None:
    await service.move(session, booking["id"], "hold")


async def miss(session: WriteSession, booking: Record) -> None:
    await service.move(session, booking["id"], "miss")


router = router_for("care")
command(router, bookings, "cancel", "cancellations", cancel, "Cancel a booking before it begins")
command(router, bookings, "hold", "meetings", hold, "Record that a booking was held")
command(router, bookings, "miss", "absences", miss, "Record that nobody came")

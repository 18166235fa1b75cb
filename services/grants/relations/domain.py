"""Rules of declared relations (利害関係の申告): with an organisation or with one application; they only add to the wall."""

from collections.abc import Iterator
from datetime import date

from services.kit.findings import Finding
from services.kit.text import Text

TO_ONE = Finding(
    "relation_to_one",
    Text("団体と申請のどちらか一方を指定してください", "Name an organisation or an application, and not both"),
    Text("団体コードか申請のIDのどちらかだけを入力してください。", "Give the code of the one or the id of the other."),
)  # fmt: skip
NOT_IN_ORDER = Finding(
    "relation_out_of_order",
    Text("終わりの日が始まりの日より前です", "It ends before it begins"),
    Text("日付を確認してください。", "Check the days."),
)
UNKNOWN_APPLICATION = Finding(
    "application_unknown",
    Text("この申請はありません", "There is no such application"),
    Text("申請のIDを確認してください。", "Check the id of the application."),
)


def undeclarable(
    organisation: object, application: object, first: date, last: date | None
) -> Iterator[tuple[str, Finding]]:
    if (organisation is None) == (application is None):
        yield "organisation_code", TO_ONE
    if last is not None and last < first:
        yield "valid_to", NOT_IN_ORDER

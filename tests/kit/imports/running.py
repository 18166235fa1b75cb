"""Small files of organisations, and what became of them in the database."""

from collections.abc import Sequence
from itertools import count

from tests.support.house import House
from tests.support.sql import fetch

HEADINGS = ("コード", "名称", "種類")
_numbers = count(1)


def codes(number: int) -> list[str]:
    """Organisation codes that no other test uses."""
    return [f"X{next(_numbers):06d}" for _ in range(number)]


def csv_of(rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    return "".join(",".join(row) + "\r\n" for row in (headings, *rows)).encode()


def organisations(given: Sequence[str], name: str = "試験団体") -> bytes:
    return csv_of([(code, f"{name}{code}", "企業") for code in given])


def stored(house: House, given: Sequence[str]) -> dict[str, str]:
    """code → name of those that are there."""
    found = fetch(
        house.postgres.url(),
        f"SELECT code, name FROM directory.organisation WHERE code = ANY ('{{{','.join(given)}}}')",
    )
    return {str(code): str(name) for code, name in found}


def outbox(house: House, given: Sequence[str]) -> int:
    found = fetch(
        house.postgres.url(),
        "SELECT count(*) FROM identity.outbox AS o JOIN directory.organisation AS r ON r.id = o.resource_id "
        f"WHERE r.code = ANY ('{{{','.join(given)}}}')",
    )
    return int(str(found[0][0]))

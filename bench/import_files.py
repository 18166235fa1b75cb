"""Files of appointments as organisations send them, and the people and organisations that they name.

Dates in 和暦 and in full width, codes with their check digit: each notation of a value comes up in turn. Rows go
year by year, each year a whole roster. Everybody is made up.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import asyncpg

from services.jet.appointments.resource import appointments
from services.kit.imports.xlsxwriter_types import new_workbook
from services.kit.japan.local_government_code import code_check_digit

YEARS = range(2019, 2024)
ORGANISATIONS, MUNICIPALITIES = 1_000, 200
BAD_EVERY, CHANGED_EVERY = 50, 10
_BAD = (("starts_on", "2019/13/45"), ("organisation_code", "131017"), ("housing_rent_yen", "五万円くらい"),
        ("workplace_kind", "幼稚園?"), ("jet_number", "20"))  # fmt: skip
_WIDE = str.maketrans("0123456789/-@", "０１２３４５６７８９／－＠")

_DIRECTORY = """
INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES ('XA', 'XXA', '架空国', 'Nowhere')
ON CONFLICT DO NOTHING;
INSERT INTO directory.organisation (code, name, kind, search_key)
SELECT code, '架空団体' || code, 'city', '' FROM unnest($1::text[]) AS code
ON CONFLICT DO NOTHING
"""
_PEOPLE = """
INSERT INTO jet.participant (jet_number) SELECT '20' || lpad(n::text, 9, '0') FROM generate_series(1, {people}) AS n
ON CONFLICT DO NOTHING;
INSERT INTO jet.participation (participant_id, programme_year, job_type, arrival_group, nationality, known_from)
SELECT id, {year}, 'ALT', 'a', 'XA', platform.now() - interval '1 day' FROM jet.participant ON CONFLICT DO NOTHING;
ANALYZE
"""


def codes() -> list[str]:
    """Six digits each: a prefecture of the 47, three of its own, one that checks."""
    five = [f"{n % 47 + 1:02d}{n // 47 + 300:03d}" for n in range(ORGANISATIONS)]
    return [code + code_check_digit(code) for code in five]


async def populate(url: str, rows: int) -> None:
    """Organisations, and people enough for `rows` appointments. Everybody has been accepted and never appointed."""
    connection = await asyncpg.connect(url)
    country, organisations = _DIRECTORY.split(";\n")
    await connection.execute(country)
    await connection.execute(organisations, codes())
    await connection.execute(_PEOPLE.format(people=rows // len(YEARS), year=YEARS[0]))
    await connection.close()


def _day(day: date, notation: int) -> str:
    era = f"令和{day.year - 2018}" if day >= date(2019, 5, 1) else f"平成{day.year - 1988}"
    plain = f"{day.year}/{day.month}/{day.day}"
    return (day.isoformat(), f"{era}年{day.month}月{day.day}日", plain, plain.translate(_WIDE),
            f"R{day.year - 2018}.{day.month}.{day.day}")[notation]  # fmt: skip


def _row(number: int, people: int, known: list[str], *, changed: bool) -> dict[str, str]:
    year, person = YEARS[number // people], number % people
    phone = f"03-{person % 9000 + 1000}-{number % 9000 + 1000}"
    code = known[person % ORGANISATIONS]
    last = 30 if changed and number % 3 == 0 else 31
    return {
        "jet_number": f"20{person + 1:09d}",
        "organisation_code": code if person % 3 else code.translate(_WIDE),
        "programme_year": (str(year), f"令和{year - 2018}年度" if year > 2019 else "2019", f"{year}年度")[person % 3],
        "job_type": "ALT",
        "starts_on": _day(date(year, 8, 1), person % 5),
        "ends_on": _day(date(year + 1, 7, last), (person + 1) % 5),
        "workplace_name": f"架空市立第{person % 3000}小学校" + ("分校" if changed and number % 3 == 1 else ""),
        "workplace_kind": "学校",
        "school_level": ("小学校", "elementary", "小学校")[person % 3],
        "workplace_municipality_code": known[person % MUNICIPALITIES],
        "workplace_days": ("5", "３", "4")[person % 3],
        "supervisor_name": f"架空 担当{person % 5000}",
        "supervisor_phone": phone if person % 4 else phone.translate(_WIDE),
        "supervisor_email": f"tanto{number}@example.jp",
        "housing_type": ("teacher_housing", "民間賃貸", "")[person % 3],
        "housing_rent_yen": f"{30 + person % 60 + (1 if changed and number % 3 == 2 else 0)},000円",
        "housing_provider": f"架空不動産{person % 700}" if person % 2 else "",
    }  # fmt: skip


def rows(total: int, *, changed: bool = False) -> Iterator[dict[str, str]]:
    """One in fifty has a bad cell. `changed`: one in ten another last day, workplace or rent."""
    people, known = total // len(YEARS), codes()
    for number in range(total):
        row = _row(number, people, known, changed=changed and number % CHANGED_EVERY == 0)
        if number % BAD_EVERY == BAD_EVERY - 1:
            column, value = _BAD[number // BAD_EVERY % len(_BAD)]
            row[column] = value
        yield row


def headings() -> list[str]:
    return [column.title.ja for column in appointments.kind.columns]


def write_csv(path: Path, total: int, *, changed: bool = False) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings())
        writer.writerows(row.values() for row in rows(total, changed=changed))


def write_workbook(path: Path, total: int) -> None:
    book = new_workbook(path, constant_memory=True)
    sheet = book.add_worksheet("任用")
    for place, heading in enumerate(headings()):
        sheet.write_string(0, place, heading)
    for number, row in enumerate(rows(total), start=1):
        for place, value in enumerate(row.values()):
            if value:
                sheet.write_string(number, place, value)
    book.close()

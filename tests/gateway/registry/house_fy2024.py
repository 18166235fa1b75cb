"""The people of the house in the FY2024 report (chapters 6 and 7, and the page 管理) as rows of the directory's files.

The tables say where the seconded come from, and how many serve; the people are made up to that, numbered in the order
that is printed, and on the days around the printed ones somebody else serves.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

from tests.support.report_tables import local_governments, printed

Rows = list[dict[str, Any]]
DATA = Path(__file__).parents[3] / "services/gateway/registry/data"
# the day that each table is printed of
DAYS = {
    "77": "2025-04-01", "77a": "2025-04-01", "81": "2025-04-01", "85": "2025-05-16", "86": "2025-04-01",
    "87": "2025-04-01", "88": "2025-04-02",
}  # fmt: skip
# the report's abbreviations of next offices
OFFICES = {
    "NYC": "new_york", "LON": "london", "PAR": "paris", "SIN": "singapore", "SEL": "seoul", "SYD": "sydney",
    "BEJ": "beijing",
}  # fmt: skip
ABBREVIATED = {code: short for short, code in OFFICES.items()}
# a cell has its own `unit`, and `position` is a rank elsewhere
CALLED = {"organisation_unit": "unit", "officer_position": "position"}
ABOVE = {"参与": "HQ", "事務局長": "HQ", "審議役": "HQ"}
SINCE, NEXT_TERM = "2024-04-01", "2025-05-16"
AT_CLAIR = {"organisation_code": "CLAIR", "section": "house", "valid_from": SINCE}


def reference(name: str) -> Rows:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class House:
    """Rows by the kind of their file, in the order in which files are loaded."""

    def __init__(self) -> None:
        kinds = (
            "countries",
            "overseas-offices",
            "organisations",
            "organisation-roles",
            "departments",
            "people",
        )
        self.files: dict[str, Rows] = {kind: [] for kind in (*kinds, "secondments", "posts")}
        self.governments = local_governments()
        self.units: dict[str, str] = {}

    def person(self, number: str, kind: str = "staff") -> str:
        self.files["people"].append({"number": number, "kind": kind, "name": f"架空 {number}"})
        return number

    def post(self, number: str, title: str, **more: Any) -> None:
        self.files["posts"].append(AT_CLAIR | {"person_number": number, "title": title} | more)

    def home(self, name: str) -> str:
        """The code of a local government, which is in the directory from now on, and its prefecture with it."""
        found = self.governments[name]
        prefecture = next(
            one for one in self.governments.values()
            if one["kind"] == "prefecture" and one["code"][:2] == found["code"][:2]
        )  # fmt: skip
        for one in (prefecture, found):
            row = {key: one[key] for key in ("code", "name", "kind")}
            if row not in self.files["organisations"]:
                self.files["organisations"].append(row)
        return found["code"]

    def seconded(self, number: str, home: str, unit: str, title: str, **more: Any) -> None:
        self.person(number)
        self.files["secondments"].append(
            {"person_number": number, "home_code": home, "valid_from": SINCE, "valid_to": "2027-03-31"} | more
        )
        self.post(number, title, unit_code=self.units[unit])


def files() -> dict[str, Rows]:
    house = House()
    offices = reference("overseas_offices")
    used = {one["country"] for one in offices}
    house.files["countries"] += [one for one in reference("countries") if one["alpha2"] in used]
    house.files["overseas-offices"] += offices
    house.files["organisations"].append({"code": "CLAIR", "name": "架空協会", "kind": "association"})
    _chart(house, {one["name_ja"]: one for one in offices})
    _seconded(house)
    _residents(house)
    _board(house)
    _branches(house)
    _staff(house)
    return house.files


def _chart(house: House, offices: dict[str, dict[str, str]]) -> None:
    def department(code: str, name: str, **more: Any) -> str:
        row = {"organisation_code": "CLAIR", "code": code, "name": name, "valid_from": "2020-04-01"}
        house.files["departments"].append(row | more)
        house.units[name] = code
        return code

    department("HQ", "本部")
    for number, row in enumerate(printed("86"), 1):
        above = row["department"]
        if row["location"] == "海外事務所":
            office = offices[row["unit"]]
            house.units[office["city_ja"]] = department(
                f"O{number:02d}", row["unit"], office_code=office["code"], chart_order=number
            )
        else:
            upper = house.units.get(above) or department(f"D{number:02d}", above, upper_code="HQ")
            department(f"U{number:02d}", row["unit"], upper_code=upper, chart_order=number)
    # a unit that was: it is in no table of today
    department("U99", "旧課", upper_code="HQ", valid_to="2025-03-31")


def _seconded(house: House) -> None:
    units = {row["row_no"]: row for row in printed("77")}
    for row in printed("77a"):
        at = units[row["row_no"]]
        number = f"SEC-{int(row['row_no']):02d}{int(row['seq']):02d}"
        title = "主査・主事" if at["location"] == "本部" else "所長補佐"
        going = {"next_office_code": OFFICES[row["next_office_code"]]} if row["next_office_code"] else {}
        house.seconded(number, house.home(row["municipality"]), at["unit"], title, **going)


def _residents(house: House) -> None:
    for row in printed("81"):
        home = house.home(row["prefecture"])
        number = f"SEC-81{int(row['row_no']):02d}"
        house.seconded(number, home, row["overseas_office"], "駐在員", kind="resident")


def _board(house: House) -> None:
    for row in printed("85"):
        number = house.person(row["person_key"], "officer")
        more = {"section": "board", "department": row["position"] or None}
        house.post(number, row["role"], **more, valid_from="2025-04-01", valid_to="2027-03-31")
    # who presided until the day before the list
    house.files["posts"][-len(printed("85"))]["valid_from"] = NEXT_TERM
    house.post(house.person("OFF-000", "officer"), "会長", section="board", valid_to="2025-05-15")


def _branches(house: House) -> None:
    for row in printed("87"):
        code = house.home(row["body"])
        role = {"organisation_code": code, "role": "branch", "valid_from": "1990-04-01"}
        house.files["organisation-roles"].append(role)
        *department, title = row["post"].split(" ")
        where = {"organisation_code": code, "section": "branch", "department": " ".join(department)}
        house.post(house.person(row["person_key"], "officer"), title, **where)


def _staff(house: House) -> None:
    """Who is not seconded; and the titles of the overseas offices, whose table is not open."""
    there = Counter(post["title"] for post in house.files["posts"] if "unit_code" in post)
    above = {row["code"]: row["name"] for row in house.files["departments"] if row["code"][0] in "DU"}
    heads = {name.replace(" ", ""): code for code, name in above.items()}
    for number, row in enumerate(printed("88"), 1):
        named = row["post"].removesuffix("長").replace("コンサルティング", "カウンセリング")
        unit = ABOVE.get(row["post"]) or heads.get(named) or house.units["調整課"]
        for one in range(int(row["staff"]) - there[row["post"]]):
            person = house.person(f"HQ-{number:02d}{one:02d}")
            house.post(person, row["post"], unit_code=unit, count_printed=row["count_printed"] == "true")
    # the one begins on the day of the list, the other ended the day before
    house.files["posts"][-1]["valid_from"] = "2025-04-02"
    house.post(
        house.person("HQ-9999"), "プログラム・コーディネーター", unit_code=house.units["調整課"],
        valid_to="2025-04-01",
    )  # fmt: skip
    for unit in (one["code"] for one in house.files["departments"] if "office_code" in one):
        for number, title in enumerate(("所長", "次長"), 1):
            house.post(house.person(f"ABROAD-{unit}-{number}"), title, unit_code=unit)
    # what only gives rights counts nowhere, nor who serves elsewhere
    house.post("HQ-0200", "事務局長", section="jet")
    elsewhere = {"organisation_code": house.home("宮城県"), "section": "international"}
    house.post(house.person("TOWN-01", "officer"), "主事", **elsewhere)


def as_printed(answer: dict[str, Any]) -> dict[str, Any]:
    for cell in answer["cells"]:
        for name, column in CALLED.items():
            if name in cell:
                cell[column] = cell[name]
        if "next_office_code" in cell:
            cell["next_office_code"] = ABBREVIATED.get(cell["next_office_code"])
    return answer | {"dimensions": [CALLED.get(name, name) for name in answer["dimensions"]]}

"""Who is in the directory of the demo besides its local governments and schools: CLAIR's staff, officers, two companies
with their contacts, a vendor of counselling, and participants who come in themselves. All of them are invented."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from client.demo.organisations import JOINED_ON, OPENED_ON

CLAIR = ("CLAIR", "一般財団法人自治体国際化協会", "ジチタイコクサイカキョウカイ", "CLAIR", "association")
COMPANIES = (
    (
        "C00001",
        "株式会社虹見台ツーリズム",
        "カブシキガイシャニジミダイツーリズム",
        "Nijimidai Tourism",
        "company",
    ),
    (
        "C00002",
        "霧杜ソフトウェア株式会社",
        "キリモリソフトウェアカブシキガイシャ",
        "Kirimori Software",
        "company",
    ),
)
VENDOR = (
    "V00001",
    "架空オンライン相談室",
    "カクウオンラインソウダンシツ",
    "Imaginary Online Counselling",
    "company",
)
# with which each of them comes in at the desk
ADDRESSES = {
    "coordinator": "coordinator@clair.example",
    "registrar": "registrar@clair.example",
    "auditor": "auditor@clair.example",
    "care_officer": "care@clair.example",
    "care_deputy": "care-deputy@clair.example",
    "grant_officer": "grants@clair.example",
    "grant_deputy": "grants-deputy@clair.example",
    "events_officer": "events@clair.example",
    "paris_officer": "paris@clair.example",
    "paris_successor": "paris-next@clair.example",
    "counsellor": "counsellor@vendor.example",
    "organisation": "clerk@city.example",
    "organisation_deputy": "deputy@city.example",
    "host_authority": "host@prefecture.example",
    "gathering": "gathering@prefecture.example",
    "exhibitor": "exhibitor@company.example",
    "other_exhibitor": "exhibitor@software.example",
    "participant": "participant@mail.example",
    "newcomer": "newcomer@mail.example",
    "candidate": "candidate@mail.example",
}
GRANTS = "grants-exchange"
PARIS = "office-paris"
STAFF = {
    "coordinator": ("CLAIR-0001", "架橋 花子", "カケハシ ハナコ", "jet", "JETプログラム事業部 主査"),
    "registrar": ("CLAIR-0002", "虹見台 太郎", "ニジミダイ タロウ", "registry", "企画調査課 主査"),
    "auditor": ("CLAIR-0003", "雲路 涼", "クモジ リョウ", "audit", "総務部 監査担当"),
    "care_officer": ("CLAIR-0004", "汐見 澪", "シオミ ミオ", "care", "JETプログラム事業部 相談事業担当"),
    "care_deputy": (
        "CLAIR-0005",
        "楓原 渉",
        "カエデハラ ワタル",
        "care",
        "JETプログラム事業部 相談事業担当",
    ),
    "grant_officer": ("CLAIR-0006", "藍樹 葵", "アイジュ アオイ", GRANTS, "交流支援課 主査"),
    "grant_deputy": ("CLAIR-0007", "萌岡 修", "モエオカ オサム", GRANTS, "交流支援課 課長"),
    "grant_secondee": ("CLAIR-0008", "遥峰 つむぎ", "ハルカミネ ツムギ", GRANTS, "交流支援課 派遣職員"),
    "panel_first": ("CLAIR-0009", "雫沢 亮", "シズクサワ リョウ", GRANTS, "審査委員"),
    "panel_second": ("CLAIR-0010", "暁野 楓", "アカツキノ カエデ", GRANTS, "審査委員"),
    "panel_third": ("CLAIR-0011", "綴森 栞", "ツヅリモリ シオリ", GRANTS, "審査委員"),
    "events_officer": ("CLAIR-0012", "帆波 かなた", "ホナミ カナタ", "events", "経済交流課 主査"),
    "paris_officer": ("CLAIR-0013", "灯台 みなと", "トウダイ ミナト", PARIS, "パリ事務所 所長補佐"),
    "paris_successor": ("CLAIR-0014", "橋立 ゆい", "ハシダテ ユイ", PARIS, "パリ事務所 所長補佐"),
}
SECONDED_FROM = {"grant_secondee": "organisation"}  # the home is where that officer has a post
OFFICERS = {
    "organisation": ("01", "星渡 みどり", "ホシワタリ ミドリ", "international", "国際交流課 主事"),
    "host_authority": ("01", "霧杜 健", "キリモリ ケン", "host", "国際課 主任"),
    "counsellor": ("01", "朝凪 結", "アサナギ ユイ", "counsellor", "相談員"),
    "gathering": ("02", "月坂 灯", "ツキサカ アカリ", "host", "国際課 主事"),
    "organisation_deputy": ("02", "錨島 巧", "イカリジマ タクミ", "international", "国際交流課 課長"),
    "neighbour": ("01", "凪ヶ浜 渚", "ナギガハマ ナギサ", "international", "企画課 主事"),
    "neighbour_deputy": ("02", "楓舞 誠", "カエデマイ マコト", "international", "企画課 課長"),
}
CONTACTS = {
    "exhibitor": ("波音 さくら", "ナミネ サクラ", "人事部 採用担当"),
    "other_exhibitor": ("凪沢 蓮", "ナギサワ レン", "管理部 採用担当"),
}


class Person(NamedTuple):
    """As rows of the directory tell it; `post` is None for participants."""

    number: str
    kind: str
    name: str
    name_kana: str
    email: str
    company: str = ""
    participant_id: str = ""
    post: tuple[str, str, str, str] | None = None


def people(codes: Mapping[str, str], participants: Mapping[str, dict[str, Any]]) -> dict[str, Person]:
    """By role. `codes`: where each officer has a post; `participants`: as the jet service knows them."""
    known = {}
    for role, (number, name, kana, section, title) in STAFF.items():
        post = ("CLAIR", section, title, OPENED_ON)
        known[role] = Person(number, "staff", name, kana, ADDRESSES.get(role, ""), post=post)
    for role, (number, name, kana, section, title) in OFFICERS.items():
        post = (codes[role], section, title, OPENED_ON)
        email = ADDRESSES.get(role, "")
        known[role] = Person(f"{codes[role]}-{number}", "officer", name, kana, email, post=post)
    for (role, (name, kana, title)), company in zip(CONTACTS.items(), COMPANIES, strict=True):
        post = (company[0], "recruiting", title, JOINED_ON)
        known[role] = Person(
            f"{company[0]}-01", "contact", name, kana, ADDRESSES[role], company=company[1], post=post
        )
    for role, one in participants.items():
        name = " ".join(part for part in (one["family_name"], one["given_name"]) if part)
        known[role] = Person(
            f"JET-{one['jet_number']}", "participant", name, one["name_kana"] or "", ADDRESSES.get(role, ""),
            participant_id=one["id"],
        )  # fmt: skip
    return known


def coming_in(story: Mapping[str, Any]) -> dict[str, str]:
    """JET numbers of the participants who act for themselves, by role: four of the city's who look for work after JET,
    and the newcomer who is the first to wait for a seat."""
    here = story["jet_numbers"]
    return {
        "participant": here[0],
        "candidate": here[2],
        "third_candidate": here[3],
        "fourth_candidate": here[4],
        "newcomer": story["orientation"]["jet_numbers"][-story["orientation"]["too_few"]],
    }

"""The directory of the demo years: who takes part, how many people each has, who is whose host.

Local governments are read from the data file; which of them take part, and with how many, is invented.
"""

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

OPENED_ON = "2018-04-01"  # the demo directory records nothing older
KNOWN_FROM = f"{OPENED_ON}T09:00:00+09:00"  # what it records has been known since
JOINED_ON = "2024-04-01"
LEFT_ON = "2024-08-31"

STORY_CITY = "372013"  # 高松市
NEIGHBOUR_NAME, NEIGHBOUR_PREFECTURE = "美馬市", "36"
STORY_SIZE = 14
SURVEY_HOST, SURVEY_MEMBERS = "110001", 40  # 埼玉県, itself among those that it gathers

LARGEST = (214, 171, 152, 152, 133, 126, 118, 118, 118, 109, 104, 101, 97, 97, 93, 88, 85, 85, 81, 79)
LARGE = 70  # no other organisation grows beyond this
STEADY_SCHOOLS, STEADY_TOWNS = 150, 753
JOINING_SCHOOLS, JOINING_TOWNS = 2, 15
LEAVING_SCHOOLS, LEAVING_TOWNS = 3, 28
TOTALS = {2023: 5831, 2024: 5861}

TOWN_WEIGHTS = {"city": 5.0, "special_ward": 5.0, "town": 2.0, "village": 0.8}
NORTHERN_TERRITORIES = range(16951, 17002)  # in the ministry's table, without an administration

SCHOOL_HEADS = (
    *("架橋:カケハシ", "虹見台:ニジミダイ", "星渡:ホシワタリ", "霧杜:キリモリ", "錨島:イカリジマ"),
    *("藍樹:アイジュ", "萌岡:モエオカ", "灯里丘:アカリオカ", "遥峰:ハルカミネ", "澪原:ミオハラ"),
    *("凪ヶ浜:ナギガハマ", "雫沢:シズクサワ", "暁野:アカツキノ", "楓舞:カエデマイ", "波音台:ナミネダイ"),
    "綴森:ツヅリモリ",
)
SCHOOL_TAILS = (
    *("みどり:ミドリ", "つばさ:ツバサ", "かがり:カガリ", "こだま:コダマ", "さざなみ:サザナミ"),
    *(
        "ことのは:コトノハ",
        "ともしび:トモシビ",
        "せせらぎ:セセラギ",
        "かざはな:カザハナ",
        "ほしぞら:ホシゾラ",
    ),
)


@dataclass(frozen=True, slots=True)
class Organisation:
    code: str
    name: str
    name_kana: str
    name_en: str
    kind: str
    host_code: str
    valid_from: str
    valid_to: str

    @property
    def prefecture(self) -> str:
        """Two digits; a school corporation's come from its host."""
        return self.host_code[:2] if self.kind == "school_corporation" else self.code[:2]

    @property
    def corporate_number(self) -> str:
        """法人番号 of a local government follows from its code; wards of cities have none."""
        if self.kind in {"ward", "school_corporation"} or int(self.code) in NORTHERN_TERRITORIES:
            return ""
        body = "000020" + self.code
        weighted = sum(int(d) * (1 + n % 2) for n, d in enumerate(reversed(body)))
        return f"{9 - weighted % 9}{body}"


@dataclass(frozen=True, slots=True)
class Directory:
    organisations: dict[str, Organisation]
    steady: tuple[str, ...]
    joining: tuple[str, ...]
    leaving: tuple[str, ...]
    sizes: dict[int, dict[str, int]]
    neighbour: str

    def host_of(self, code: str) -> str:
        return self.organisations[code].host_code

    def members_of(self, host: str) -> list[str]:
        """Those of 2024 that stay, in the order of their codes."""
        return sorted(code for code in (*self.steady, *self.joining) if self.host_of(code) == host)

    def municipalities(self) -> dict[str, list[Organisation]]:
        """Towns where somebody can work, by prefecture."""
        found: dict[str, list[Organisation]] = defaultdict(list)
        for organisation in self.organisations.values():
            if _is_town(organisation):
                found[organisation.prefecture].append(organisation)
        return found


def _is_town(organisation: Organisation) -> bool:
    return organisation.kind in TOWN_WEIGHTS and int(organisation.code) not in NORTHERN_TERRITORIES


def read_local_governments(path: Path) -> list[Organisation]:
    with path.open(encoding="utf-8", newline="") as lines:
        return [Organisation(**row) for row in csv.DictReader(lines)]


def _school_corporations(rng: Random, prefectures: list[Organisation]) -> list[Organisation]:
    count = STEADY_SCHOOLS + JOINING_SCHOOLS + LEAVING_SCHOOLS
    pairs = rng.sample([(head, tail) for head in SCHOOL_HEADS for tail in SCHOOL_TAILS], count)
    found = []
    for number, (head, tail) in enumerate(pairs, start=1):
        kanji, kana = (a + b for a, b in zip(head.split(":"), tail.split(":"), strict=True))
        found.append(
            Organisation(
                code=f"S{number:05}",
                name=f"学校法人{kanji}学園",
                name_kana=f"ガッコウホウジン{kana}ガクエン",
                name_en="",
                kind="school_corporation",
                host_code=rng.choice(prefectures).code,
                valid_from="",
                valid_to="",
            )
        )
    return found


def plan_directory(rng: Random, path: Path) -> Directory:
    governments = read_local_governments(path)
    authorities = [o for o in governments if o.kind in {"prefecture", "designated_city"}]
    schools = _school_corporations(rng, [o for o in authorities if o.kind == "prefecture"])
    neighbour = next(
        o.code for o in governments if o.name == NEIGHBOUR_NAME and o.prefecture == NEIGHBOUR_PREFECTURE
    )
    chance = {
        o.code: rng.random() ** (1 / TOWN_WEIGHTS[o.kind])
        for o in governments
        if _is_town(o) and o.code not in {STORY_CITY, neighbour}
    }
    towns = [STORY_CITY, neighbour, *sorted(chance, key=lambda code: chance[code], reverse=True)]
    school_codes = [school.code for school in schools]
    left, joined = STEADY_TOWNS + LEAVING_TOWNS, STEADY_TOWNS + LEAVING_TOWNS + JOINING_TOWNS
    school_left = STEADY_SCHOOLS + LEAVING_SCHOOLS
    directory = Directory(
        organisations={o.code: o for o in [*governments, *schools]},
        steady=(*(o.code for o in authorities), *towns[:STEADY_TOWNS], *school_codes[:STEADY_SCHOOLS]),
        leaving=(*towns[STEADY_TOWNS:left], *school_codes[STEADY_SCHOOLS:school_left]),
        joining=(*towns[left:joined], *school_codes[school_left:]),
        sizes={},
        neighbour=neighbour,
    )
    directory.sizes.update(_plan_sizes(rng, directory, [o.code for o in authorities]))
    return directory


def _plan_sizes(rng: Random, directory: Directory, authorities: list[str]) -> dict[int, dict[str, int]]:
    largest = dict(zip(rng.sample(authorities, len(LARGEST)), LARGEST, strict=True))
    now = {code: _small(rng) for code in (*directory.steady, *directory.joining)}
    now.update(largest)
    now[STORY_CITY] = STORY_SIZE
    movable = [code for code in now if code not in largest and code != STORY_CITY]
    _fit(rng, now, movable, TOTALS[2024])
    _tie_hosts(directory, now, movable)
    before = {code: max(1, now[code] + rng.choice((-1, 0, 0, 1))) for code in directory.steady}
    before |= {code: rng.randint(1, 4) for code in directory.leaving}
    _fit(rng, before, [code for code in movable if code in before], TOTALS[2023])
    return {2023: before, 2024: now}


def _small(rng: Random) -> int:
    return min(int(rng.paretovariate(1.0)), LARGE - 20)


def _fit(rng: Random, sizes: dict[str, int], movable: list[str], total: int) -> None:
    """Brings the sum to `total`; the large ones take most of the change, nobody falls below one."""
    missing = total - sum(sizes.values())
    while missing:
        code = rng.choices(movable, weights=[sizes[c] for c in movable])[0]
        step = 1 if missing > 0 else -1
        if 1 <= sizes[code] + step <= LARGE:
            sizes[code] += step
            missing -= step


def _tie_hosts(directory: Directory, sizes: dict[str, int], movable: list[str]) -> None:
    """Makes two pairs of host authorities in the top 20 share a rank."""
    for upper in (4, 11):
        totals = Counter[str]()
        for code, size in sizes.items():
            totals[directory.host_of(code)] += size
        ranked = [host for host, _ in totals.most_common()]
        gap = totals[ranked[upper]] - totals[ranked[upper + 1]]
        members = [
            c for c in movable if directory.host_of(c) == ranked[upper + 1] and sizes[c] + gap <= LARGE
        ]
        givers = [c for c in movable if ranked.index(directory.host_of(c)) > 25 and sizes[c] > gap + 1]
        if members and givers:
            sizes[members[0]] += gap
            sizes[givers[0]] -= gap

"""Papers of documents hold all that they are told, however long, and keep to their margins."""

import asyncio
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.documents.content import (
    About,
    Application,
    Cell,
    Cost,
    DecisionNotice,
    Declination,
    File,
    Income,
    List,
    Member,
    Part,
    Rejection,
    stored,
)
from services.grants.documents.domain import Kind, head_of
from services.grants.documents.papers import paper
from tests.support.paper import pages, words

ABOUT = About(
    "372013", "架空市", "city", "国際課", "架空の交流", "国際交流支援事業", 2026, "KOURYU-2026-1", "20251015-000012",
    datetime(2025, 10, 15, 3, tzinfo=UTC), section_name="交流支援担当課", contact="電話 03-0000-0000", sample=True,
)  # fmt: skip
DECISION = DecisionNotice(
    date(2026, 4, 1), 10**12, 10**12, 10**12, 10**12, (9_999, 10_000), date(2026, 4, 15), date(2026, 4, 1),
    date(2027, 2, 28), date(2027, 3, 15), 10**12,
)  # fmt: skip
POPPLER = shutil.which("pdftotext") is not None
A4, MARGIN = (595.28, 841.89), 62.3  # points; 22 mm
LONG = "@long"  # so that a failing example can be read
ANSWER = "長い文章です。" * 1_400
WORD = re.compile(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">')

some = st.text(st.sampled_from("漢字かなカナ鬱ＡWi0-—、。（）「」\n\t é髙"), max_size=200)
word = st.sampled_from(["W" * 200, "0" * 64, "鬱" * 200, "x-" * 100, "https://example.jp/" + "a" * 181, "短"])
text = some | word
columns = st.integers(1, 9)


def listed(wide: int) -> st.SearchStrategy[List]:
    row = st.tuples(*[st.just("1,000,000,000,000,000") if at % 2 else text for at in range(wide)])
    rows = st.lists(row, max_size=12).map(tuple)
    names = ("見出し",) * wide
    return st.builds(List, st.just(names), st.just(tuple(bool(at % 2) for at in range(wide))), rows)


parts = st.builds(
    Part, st.none() | text, st.lists(st.builds(Cell, text, text | st.just(LONG)), max_size=4).map(tuple),
    st.none() | columns.flatmap(listed),
)  # fmt: skip
yen = st.integers(0, 10**12)
applications = st.builds(
    Application,
    submission_number=st.integers(1, 3), channel=st.just("online"), snapshot_sha256=st.just("ab" * 32), requested_yen=yen,
    indirect_yen=yen, form_number=st.none() | st.just("様式第1号"), form_title=st.none() | text.filter(str.strip),
    parts=st.lists(parts, max_size=3).map(tuple),
    costs=st.lists(st.builds(Cost, text, st.none() | text, yen, yen, st.booleans()), max_size=4).map(lambda one: tuple(one) * 9),
    income=st.lists(st.builds(Income, text, yen), max_size=3).map(tuple),
    members=st.lists(st.builds(Member, text, st.just("372013"), yen), max_size=3).map(tuple),
    files=st.lists(st.builds(File, text, text, st.integers(0, 10**9), st.just("0f" * 32)), max_size=3).map(tuple),
)  # fmt: skip
abouts = st.builds(
    lambda name, department, title, edition: replace(
        ABOUT, organisation_name=name, department=department, title=title, edition_name=edition
    ),
    text, text, text, text.filter(str.strip),
)  # fmt: skip
letters = st.one_of(
    applications.map(lambda one: ("application", one)),
    st.lists(text, max_size=30).map(lambda one: ("decision_notice", replace(DECISION, conditions=tuple(one)))),
    st.builds(Declination, st.just(date(2026, 4, 10)), text, yen).map(lambda one: ("declination", one)),
)  # fmt: skip


def made(kind: Kind, about: About, content: Any) -> bytes:
    record = {"kind": kind, "code": "令8発見本交第12号", "issued_on": date(2026, 3, 20), "void_at": None}
    return asyncio.run(paper(record, stored(about, content).replace(LONG, ANSWER)))


def texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list | tuple):
        for one in told.values() if isinstance(told, dict) else told:
            yield from texts(one)


def letters_of(told: str) -> Counter[str]:
    return Counter("".join(told.split()))


@settings(max_examples=12, deadline=None)
@given(abouts, letters)
def test_no_letter_is_lost_and_none_runs_into_a_margin(about: About, letter: tuple[Kind, Any]) -> None:
    """Where each word stands is asked of another reader, on a machine that has it."""
    kind, content = letter
    said = asdict(content)
    said.pop("channel", None)
    told = [about.organisation_name, about.department, about.title, about.edition_name, *texts(said)]
    at_hand = made(kind, about, content)
    assert letters_of("".join(told).replace(LONG, ANSWER)) <= letters_of(words(at_hand))
    for left, top, right, bottom in places(at_hand) if POPPLER else ():
        assert left >= MARGIN - 6 and right <= A4[0] - MARGIN + 6 and top > 30 and bottom < A4[1] - 30


def places(at_hand: bytes) -> list[tuple[float, ...]]:
    asked = ["pdftotext", "-bbox", "-", "-"]
    shown = subprocess.run(asked, input=at_hand, capture_output=True, check=True).stdout.decode()
    return [tuple(map(float, found)) for found in WORD.findall(shown)]


def test_a_year_that_the_edition_names_is_not_told_again() -> None:
    def told(edition: str) -> str:
        return words(
            made("rejection_notice", replace(ABOUT, edition_name=edition), Rejection("予算を超えたため"))
        )

    assert "国際交流支援事業（令和8年度）" in told("国際交流支援事業")
    assert "（令和8年度）" not in told("令和8年度 国際交流支援事業")


def test_long_answers_go_on_over_the_pages_with_their_headings_again() -> None:
    rows = tuple((f"架空市{number}", "1,200") for number in range(120))
    wide = List(("団体名", "人数"), (False, True), rows)
    answers = (Cell("内容", "長い文章です。" * 1_400),)
    content = Application(
        1, "online", "ab" * 32, 1, parts=(Part("概要", answers), Part("参加者", rows=wide)),
        costs=(Cost("旅費", None, 1, 0, eligible=False),) * 100,
    )  # fmt: skip
    at_hand = made("application", ABOUT, content)
    text = words(at_hand)
    assert pages(at_hand) > 8 and text.count("長い文章です。") == 1_400
    assert "旅費（対象外）" in text and text.count("団体名人数") == 1
    printed = words(at_hand, silent=True)
    assert printed.count("団体名人数") >= 3 and printed.count("経費区分内容") >= 2
    assert printed.count("令8発見本交第12号") == pages(at_hand) + 1  # at the foot of each
    assert at_hand == made("application", ABOUT, content)


def test_a_letter_goes_to_the_head() -> None:
    told = {
        head_of(kind, name)
        for kind, name in (("prefecture", "架空県"), ("town", "架空町"), ("npo", "NPO法人架空"))
    }
    assert told == {"架空県知事", "架空町長", "NPO法人架空　代表者"}

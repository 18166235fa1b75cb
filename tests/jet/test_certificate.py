"""The certificate of completion as a paper. How it looks is looked at; here is what it says."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.jet.completions.certificate import Certificate, render
from services.kit.japan.printed import printed_period
from tests.support.paper import pages, words

PERIOD = printed_period(date(2024, 7, 29), date(2024, 7, 31))
CERTIFICATE = Certificate(
    language="ja",
    recipient_name="CONSTANTINOPOULOS-FEATHERSTONEHAUGH Wilhelmina-Alexandra",
    recipient_kana="コンスタンティノプーロス＝フェザーストンホー　ウィルヘルミナ＝アレクサンドラ",
    course_name_ja="令和6年度JETプログラム来日直後オリエンテーション",
    course_name_en="JET Programme Post-Arrival Orientation 2024",
    period_ja=PERIOD.ja,
    period_en=PERIOD.en,
    completed_on=date(2024, 7, 31),
    hours=Decimal("12.50"),
    number="2024-000123",
    issued_on=date(2024, 8, 2),
    signatory="理事長　例示　花子",
    sample=False,
    verify_url="https://kakehashi.example/c/7Q4K-2M9X",
)


def said(certificate: Certificate) -> str:
    return words(asyncio.run(render(certificate)))


def test_it_says_in_japanese_who_completed_what() -> None:
    text = said(CERTIFICATE)
    for part in (
        "第 2024-000123 号", "修了証書", f"{CERTIFICATE.recipient_name}殿", str(CERTIFICATE.recipient_kana),
        CERTIFICATE.course_name_ja, CERTIFICATE.course_name_en, "令和6年（2024年）7月29日から31日まで", "12.5時間",
        "修了日令和6年（2024年）7月31日", "令和6年（2024年）8月2日", "一般財団法人自治体国際化協会", "例示",
        str(CERTIFICATE.verify_url),
    ):  # fmt: skip
        assert part in text
    assert "見本" not in text


def test_it_says_in_english_who_completed_what() -> None:
    text = said(replace(CERTIFICATE, language="en", hours=Decimal(1), signatory="Hanako Reiji, Chairman"))
    for part in (
        "No. 2024-000123", "Certificate of Completion", CERTIFICATE.recipient_name, CERTIFICATE.course_name_ja,
        CERTIFICATE.course_name_en, "29–31 July 2024", "1 hour", "Completed on31 July 2024", "2 August 2024",
        "Council of Local Authorities", "for International Relations (CLAIR)", "Hanako Reiji, Chairman",
    ):  # fmt: skip
        assert part in text
    assert "1 hours" not in text and str(CERTIFICATE.recipient_kana) not in text and "SAMPLE" not in text


def test_a_sample_says_so() -> None:
    assert "署名者と印影は見本です" in said(replace(CERTIFICATE, sample=True))
    assert "Signatory and seal are samples" in said(replace(CERTIFICATE, sample=True, language="en"))


def test_what_is_not_known_is_not_printed() -> None:
    text = said(replace(CERTIFICATE, hours=None, verify_url=None, recipient_kana=None))
    assert "研修時間" not in text and "真正性" not in text and "None" not in text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("letter", ["W", "鬱", "Wo-", "Wo "])
def test_the_longest_names_keep_to_one_page(language: str, letter: str) -> None:
    long = letter * (200 // len(letter))
    certificate = replace(
        CERTIFICATE, recipient_name=long, recipient_kana="ア" * 200, course_name_ja="研" * 200,
        course_name_en="Course " * 28, sample=True,
    )  # fmt: skip
    paper = asyncio.run(render(replace(certificate, language="ja" if language == "ja" else "en")))
    assert pages(paper) == 1
    assert long.strip().replace(" ", "") in words(paper).replace(" ", "")

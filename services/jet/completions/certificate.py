"""The certificate of completion (修了証書): a paper to keep, in Japanese or in English."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from services.kit import papers, qr
from services.kit.japan.printed import printed_date
from services.kit.text import Language

TEMPLATE = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is printed. Texts are printed as they stand; who makes one has looked up the words of that year.

    The period is a text, since some are known as “early July” only; `kit.japan.printed` makes it of two days.
    """

    language: Language
    recipient_name: str  # in the order of the passport
    recipient_kana: str | None
    course_name_ja: str  # the official name of the year
    course_name_en: str
    period_ja: str
    period_en: str
    completed_on: date
    hours: Decimal | None
    number: str
    issued_on: date
    signatory: str  # post and name, in the language of the paper
    sample: bool  # nobody signs, and no seal is set: marked across the page
    verify_url: str | None = None


async def render(certificate: Certificate) -> bytes:
    """The PDF; the same bytes for the same certificate."""
    return await papers.pdf(TEMPLATE, _data(certificate), certificate.issued_on)


def _data(certificate: Certificate) -> dict[str, str | bool | None]:
    language, address = certificate.language, certificate.verify_url
    return {
        "language": language,
        "name": certificate.recipient_name,
        "kana": certificate.recipient_kana,
        "course_ja": certificate.course_name_ja,
        "course_en": certificate.course_name_en,
        "period": certificate.period_ja if language == "ja" else certificate.period_en,
        "completed_on": printed_date(certificate.completed_on).within(language),
        "hours": None if certificate.hours is None else f"{certificate.hours.normalize():f}",
        "number": certificate.number,
        "issued_on": printed_date(certificate.issued_on).within(language),
        "signatory": certificate.signatory,
        "sample": certificate.sample,
        "verify_url": address,
        "code": None if address is None else qr.svg(address),
    }

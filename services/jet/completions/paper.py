"""The certificate of one completion, in Japanese or in English. Papers of a sandbox, and of an installation that names no
signatory, say that they are samples."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.jet.completions.certificate import Certificate, render
from services.kit.db.session import Record
from services.kit.japan.clock import day_in_japan
from services.kit.japan.printed import printed_date, printed_period
from services.kit.text import Language, Text


class Signing(BaseSettings):
    """Who signs certificates, post and name, in both languages."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    signatory_ja: str = ""
    signatory_en: str = ""


NOBODY = Text("理事長", "Chairman of the Board")


async def certificate(record: Record, language: Language) -> bytes:
    signing = Signing()
    signs = Text(signing.signatory_ja, signing.signatory_en).within(language)
    name = record["participant_name"] or record["attendee_name"] or record["jet_number"] or ""
    period = _period(record)
    return await render(
        Certificate(
            language, name, record["_name_kana"], record["course_title_ja"], record["course_title_en"], period.ja,
            period.en, record["completed_on"], _hours(record["_hours"]), record["certificate_number"],
            day_in_japan(record["awarded_at"]), signs or NOBODY.within(language),
            sample=bool(record["_sandbox"]) or not signs,
        )
    )  # fmt: skip


def _hours(hours: int | None) -> Decimal | None:
    return None if hours is None else Decimal(hours)


def _period(record: Record) -> Text:
    """The days of the run as far as they are known: a text where they are printed as one."""
    first, last, precision = (record[name] for name in ("_starts_on", "_ends_on", "_date_precision"))
    if record["_date_text"] and precision != "day":
        return Text(record["_date_text"], record["_date_text"])
    if first is None:
        return printed_date(record["completed_on"])
    if precision == "day":
        return printed_period(first, last)
    return _roughly(first, precision)


def _roughly(day: date, precision: Any) -> Text:
    if precision == "month":
        return Text(f"{day.year}年{day.month}月", f"{day:%B %Y}")
    return Text(f"{day.year}年", str(day.year))

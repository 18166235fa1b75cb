"""The rules of claims as pure functions, over whatever they may be given; and that the database agrees."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.jet.care.claims import domain
from services.jet.care.payments.domain import bank_kana
from services.jet.care.receipts.domain import media_type
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.japan.numbers import parse_decimal
from tests.support.care import Care

YEN = st.integers(0, 10**9)
PERCENT = st.integers(1, 100)
AMOUNTS = st.decimals(0, 10**9, places=3)
RATES = st.decimals(Decimal("0.000001"), 10**6, places=6)


@given(AMOUNTS, RATES)
def test_exchange_is_rounded_down_and_exact(amount: Decimal, rate: Decimal) -> None:
    micro = int(amount.scaleb(3)) * int(rate.scaleb(6))  # in thousandths of millionths
    assert domain.yen_of(amount, rate) == micro // 10**9


@given(YEN)
def test_a_yen_is_a_yen(yen: int) -> None:
    assert domain.yen_of(Decimal(yen), Decimal(1)) == yen


@given(YEN, PERCENT, YEN, YEN)
def test_no_more_is_granted_than_the_part_and_what_is_left(
    yen: int, percent: int, cap: int, so_far: int
) -> None:
    granted = domain.granted(yen, percent, cap, so_far)
    assert 0 <= granted <= yen * percent // 100
    assert so_far + granted <= domain.held_cap(cap, so_far)
    if so_far <= cap:
        assert granted in (yen * percent // 100, cap - so_far)


@given(st.lists(YEN, max_size=12), PERCENT, st.integers(1, 10**6))
def test_several_bills_get_what_one_would_or_the_cap(bills: list[int], percent: int, cap: int) -> None:
    so_far = 0
    for yen in bills:
        so_far += domain.granted(yen, percent, cap, so_far)
    assert so_far == min(cap, sum(domain.subsidy(yen, percent) for yen in bills))


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_claim_is_astray_after_today_alone(day: date) -> None:
    today = date(2024, 7, 8)
    found = list(domain.astray({"service_on": day, "currency": "JPY", "amount": "1"}, today))
    assert bool(found) == (day > today)


def test_the_database_and_the_rule_name_the_same_fiscal_year(care: Care) -> None:
    (column,) = care.sql(
        "SELECT pg_get_expr(d.adbin, d.adrelid) AS said FROM pg_attrdef AS d JOIN pg_attribute AS a "
        "ON a.attrelid = d.adrelid AND a.attnum = d.adnum "
        "WHERE d.adrelid = 'care.claim'::regclass AND a.attname = 'fiscal_year'"
    )
    rows = care.sql(
        f"SELECT service_on, {column['said']} AS year FROM "
        "(SELECT d::date AS service_on FROM generate_series('2019-01-01'::timestamp, '2026-12-31', '1 day') AS d) AS s"
    )
    assert len(rows) > 2900
    assert [row for row in rows if fiscal_year_of(row["service_on"]) != row["year"]] == []


@given(st.text("アァイィッャヴガパーー・＝ワヮヵヶヰヱヲンヽヾ\u3000", max_size=40))
def test_a_bank_is_given_letters_that_it_prints(kana: str) -> None:
    made = bank_kana(kana)
    assert not set(made) & set("ァィゥェォッャュョヮヵヶー・＝\u3000") and made == " ".join(made.split())
    assert bank_kana("ジェーン・ドゥー") == "ジエ－ン ドウ－"


@given(st.binary(max_size=40))
def test_other_bytes_are_no_receipt(content: bytes) -> None:
    known = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-")
    assert media_type(content) is None or content.startswith(known) or content[4:8] == b"ftyp"
    assert media_type(b"\x00\x00\x00\x18ftypisom") is None


@given(st.decimals(0, 10**12 - 1, places=6))
def test_a_decimal_comes_back_as_it_went(number: Decimal) -> None:
    text = str(parse_decimal(f"{number:f}").value)
    assert Decimal(text) == number and parse_decimal(text).value == text

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import BadValue
from services.kit.japan.names import (
    check_name,
    cp932_losses,
    parse_family_name,
    parse_kana,
    search_key,
)


@pytest.mark.parametrize(
    "name", ["髙橋 﨑子", "𠮷田", "葛\U000e0100飾", "Nguyễn Thị", "José", "㈱カケハシ", "é"]
)
def test_names_keep_every_byte(name: str) -> None:
    parsed = check_name(name)
    assert (parsed.value, parsed.warnings) == (name, ())


@given(st.text(min_size=1, max_size=200))
def test_a_name_is_kept_as_it_is_or_refused(name: str) -> None:
    try:
        assert check_name(name).value == name
    except BadValue as refused:
        assert refused.finding.code in {"name_unreadable", "private_character", "control_character"}


@pytest.mark.parametrize(
    ("raw", "code", "rule"),
    [
        ("", "name_unreadable", "name_unreadable"),
        ("　 ", "name_unreadable", "name_unreadable"),
        (None, "name_unreadable", "name_unreadable"),
        (12, "name_unreadable", "name_unreadable"),
        ("山" * 201, "name_too_long", "name_too_long"),
        ("山\ue000田", "private_character", "L1-08"),
        ("山\U000f0000田", "private_character", "L1-08"),
        ("山\U0010fffd田", "private_character", "L1-08"),
        ("山\x00田", "control_character", "L1-08"),
        ("山\n田", "control_character", "L1-08"),
        ("山\ud842", "control_character", "L1-08"),
        ("山\u202e田", "control_character", "L1-08"),
        ("山\ufffd田", "control_character", "L1-08"),
    ],
)
def test_refused_names(raw: object, code: str, rule: str) -> None:
    with pytest.raises(BadValue) as refused:
        check_name(raw)
    assert (refused.value.finding.code, refused.value.finding.rule) == (code, rule)


def test_a_private_character_is_named_with_its_place() -> None:
    with pytest.raises(BadValue) as refused:
        check_name("山\ue000田")
    assert refused.value.finding.message.ja.startswith("2文字目の U+E000")


@pytest.mark.parametrize(
    ("raw", "family", "given_name"),
    [
        ("SMITH, John", "SMITH", "John"),
        ("SMITH，Ann", "SMITH", "Ann"),
        ("山田、太郎", "山田", "太郎"),
        ("DE LA CRUZ Maria Jose", "DE LA CRUZ", "Maria Jose"),
        ("O'BRIEN Kate", "O'BRIEN", "Kate"),
    ],
)
def test_a_given_name_in_the_cell_of_the_family_name_is_told_apart(
    raw: str, family: str, given_name: str
) -> None:
    parsed = parse_family_name(raw)
    (told,) = parsed.warnings
    assert parsed.value == raw
    assert (told.code, told.rule) == ("two_names_in_one_cell", "L1-07")
    assert f"姓の欄に「{family}」、名の欄に「{given_name}」" in told.remedy.ja


@pytest.mark.parametrize(
    "raw", ["Smith", "van der Berg", "DE la Cruz", "GARCIA LOPEZ", "Garcia Lopez", "X Ann", "Foo,", "李"]
)
def test_a_family_name_of_several_words_is_left_alone(raw: str) -> None:
    assert parse_family_name(raw).warnings == ()


def test_space_around_a_name_is_kept_and_remarked_on() -> None:
    parsed = check_name("山田 ")
    assert parsed.value == "山田 "
    assert [w.code for w in parsed.warnings] == ["surrounding_space"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị", "NGUYEN THI"),
        ("Đặng", "dang"),
        ("Łukasz Sørensen", "lukasz sorensen"),
        ("José", "Jose\u0301"),
        ("ｼﾞｮﾝ･ｽﾐｽ", "じょんすみす"),
        ("ジョン・スミス", "ジョン　スミス"),
        ("パヴロ", "ハ\u309aヴロ"),
        ("葛\U000e0100飾区", "葛飾区"),
        ("ＣＬＡＩＲ", "clair"),
    ],
)
def test_spellings_with_one_search_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


def test_different_names_keep_different_keys() -> None:
    names = ["カギ", "カキ", "ハ", "バ", "パ", "山田", "川田", "Lee", "Li"]
    assert len({search_key(name) for name in names}) == len(names)


@given(st.text(max_size=50))
def test_a_search_key_is_its_own_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@pytest.mark.parametrize(
    ("raw", "kana"),
    [
        ("ｼﾞｮﾝ･ｽﾐｽ", "ジョン・スミス"),
        ("やまだ たろう", "ヤマダ　タロウ"),
        ("ヤマダ　タロウ", "ヤマダ　タロウ"),
        ("ヴィクトリア＝アン", "ヴィクトリア＝アン"),
        ("ｳﾞｨｷｰ", "ヴィキー"),
        ("カ\u3099", "ガ"),
    ],
)
def test_kana_in_any_spelling(raw: str, kana: str) -> None:
    parsed = parse_kana(raw)
    assert (parsed.value, parsed.understood) == (kana, kana)
    assert parse_kana(kana).value == kana


@pytest.mark.parametrize("raw", ["山田", "ヤマダ太郎", "Smith", "ﾞ", "・", "ー"])
def test_what_is_not_kana(raw: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse_kana(raw)
    assert refused.value.finding.code == "not_kana"


def test_characters_that_cp932_loses() -> None:
    assert cp932_losses("髙﨑①㈱Ⅳ") == ()
    assert cp932_losses("éễ𠮷é葛\U000e0100") == ("é", "ễ", "𠮷", "\U000e0100")


@given(st.text())
def test_text_without_its_losses_encodes(text: str) -> None:
    losses = cp932_losses(text)
    assert len(set(losses)) == len(losses)
    "".join(character for character in text if character not in losses).encode("cp932")

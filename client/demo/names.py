"""Invented personal names: syllables of no language, spelt in the manner of a region.

The spellings are chosen to hurt: accents outside cp932, apostrophes, hyphens, single names, very long ones.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

Syllable = tuple[str, str]


class PersonName(NamedTuple):
    family: str
    given: str
    middle: str
    kana: str


class Word(NamedTuple):
    latin: str
    kana: str


def _syllables(text: str) -> tuple[Syllable, ...]:
    pairs = (pair.split(":") for pair in text.split())
    return tuple((latin, kana) for latin, kana in pairs)


SYLLABLES: dict[str, tuple[Syllable, ...]] = {
    "english": _syllables(
        "bren:ブレン dal:ダル mor:モー tam:タム wil:ウィル hax:ハクス or:オー lin:リン fen:フェン gar:ガー "
        "eth:エス lo:ロー vey:ベイ star:スター quin:クイン by:ビー ton:トン well:ウェル rud:ラッド ha:ハ"
    ),
    "french": _syllables(
        "é:エ lou:ルー ri:リ cé:セ an:アン mi:ミ vel:ベル dor:ドー "
        "lette:レット zan:ザン thé:テ bré:ブレ quoi:コワ"
    ),
    "spanish": _syllables(
        "ña:ニャ mu:ム ño:ニョ re:レ ca:カ lin:リン da:ダ ver:ベル so:ソ lía:リア bel:ベル "
        "to:ト quí:キ dró:ドロ"
    ),
    "nordic": _syllables(
        "bø:ボー ren:レン søl:ソル vik:ヴィク dra:ドラ hå:ホー æl:エル mar:マール ne:ネ ørn:エルン ski:スキ"
    ),
    "german": _syllables(
        "grü:グリュー wen:ヴェン tor:トール öst:エスト bach:バッハ lie:リー dran:ドラン "
        "kes:ケス ßel:セル äm:エム"
    ),
    "slavic": _syllables(
        "kvě:クビェ zor:ゾル łan:ワン dři:ドジ mil:ミル ška:シュカ vra:ブラ ťo:チョ nie:ニェ szy:シ"
    ),
    "vietnamese": _syllables(
        "thễ:テー quâ:クア ngỡ:ゴー lừu:ルー miện:ミエン đạ:ダー phẩ:ファー vũm:ヴム trệ:チェー hoặ:ホア"
    ),
    "chinese": _syllables(
        "zhuo:ジュオ lin:リン fei:フェイ quai:クアイ shou:ショウ men:メン nü:ニュ tao:タオ ruan:ルアン"
    ),
    "korean": _syllables("so:ソ yun:ユン hae:ヘ gwi:グィ rim:リム bok:ボク jeo:ジョ dal:タル mi:ミ nol:ノル"),
    "open": _syllables(
        "ka:カ lu:ル mo:モ ni:ニ sa:サ te:テ wa:ワ yo:ヨ ba:バ ro:ロ ndi:ンディ phu:プ ji:ジ ra:ラ"
    ),
}


def _all(countries: str, region: str) -> dict[str, str]:
    return dict.fromkeys(countries.split(), region)


REGION: dict[str, str] = {
    **_all("US CA GB AU NZ IE ZA JM TT SG BB", "english"),
    **_all("FR BE CH", "french"),
    **_all("ES PT BR MX PE AR PH IT", "spanish"),
    **_all("SE NO DK FI IS EE", "nordic"),
    **_all("DE AT NL", "german"),
    **_all("PL CZ HU RO BG", "slavic"),
    "VN": "vietnamese",
    "CN": "chinese",
    "KR": "korean",
}
SINGLE_NAMED = frozenset({"ID", "MM"})
LONG_NAMED = frozenset({"LK", "TH", "BR", "FJ"})


def _word(rng: Random, region: str, length: int) -> Word:
    parts = [rng.choice(SYLLABLES[region]) for _ in range(length)]
    return Word("".join(p[0] for p in parts).capitalize(), "".join(p[1] for p in parts))


def _join(words: Sequence[Word], with_: str) -> Word:
    return Word(with_.join(w.latin for w in words), "・".join(w.kana for w in words))


def _family(rng: Random, nationality: str, region: str) -> Word:
    length = 1 if region in {"chinese", "korean", "vietnamese"} else rng.choice((2, 2, 3))
    word = _word(rng, region, length)
    if nationality == "IE" and rng.random() < 0.4:
        return Word("O'" + word.latin, "オ" + word.kana)
    if region in {"english", "french"} and rng.random() < 0.04:
        return _join((word, _word(rng, region, 2)), "-")
    if region == "spanish" and rng.random() < 0.5:
        return _join((word, _word(rng, region, 2)), " ")
    return word


def _middle(rng: Random, nationality: str, region: str) -> Word:
    if nationality in LONG_NAMED and rng.random() < 0.3:
        return _join([_word(rng, region, 4) for _ in range(6)], " ")
    if region in {"chinese", "korean"}:
        return Word("", "")
    if region == "vietnamese" or rng.random() < 0.4:
        return _word(rng, region, 1 if region == "vietnamese" else 2)
    return Word("", "")


def invent_name(rng: Random, nationality: str) -> PersonName:
    """A name in passport order; someone with one name only carries it as the family name."""
    region = REGION.get(nationality, "open")
    if nationality in SINGLE_NAMED and rng.random() < 0.7:
        only = _word(rng, region, 3)
        return PersonName(only.latin, "", "", only.kana)
    family = _family(rng, nationality, region)
    given = _word(rng, region, 2)
    middle = _middle(rng, nationality, region)
    kana = "・".join(w.kana for w in (family, given, middle) if w.kana)
    return PersonName(family.latin, given.latin, middle.latin, kana)


FAMILY_KANJI = tuple("架虹霧錨藍萌凪澪遥灯")
FAMILY_TAIL = tuple("山川谷野沢本田浦")
GIVEN_KANA = (
    "みなと",
    "あおい",
    "さくや",
    "ことね",
    "いぶき",
    "つむぎ",
    "はるひ",
    "かなた",
    "ゆらの",
    "しずく",
)


def invent_official(rng: Random) -> str:
    """A Japanese name of an official, family and given name apart."""
    return f"{rng.choice(FAMILY_KANJI)}{rng.choice(FAMILY_TAIL)} {rng.choice(GIVEN_KANA)}"

"""Names of people and organisations: what may be stored, and how a stored name is found.

A stored name keeps every byte: no NFC, no NFKC, no stripping. Only search keys and kana readings fold.
"""

import re
import unicodedata
from dataclasses import replace
from itertools import takewhile

from services.kit.findings import Finding, Parsed
from services.kit.japan.reading import character_name, refusal, shown, warning
from services.kit.text import Text

NAME_LIMIT = 200
KEY_LIMIT = 1_000

# Controls, line separators, direction overrides, surrogates, noncharacters and the mark of a lost character.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]"
)
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_PRIVATE = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_HALF_KANA = re.compile("[\uff65-\uff9f]+")
_TO_KATAKANA = {code: code + 0x60 for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)}
_KANA = re.compile("[ァ-ヺ]")
_NOT_KANA = re.compile("[^ァ-ヺー・ヽヾ゠＝\u3000]")
_COMMA = re.compile(r"(?P<family>[^,，、]*\w[^,，、]*)[,，、](?P<given>.*\w.*)")
_SPACES = re.compile(r"[ \t\u00a0\u3000]+")
_IGNORED = re.compile(r"[\s·•‧・\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
# Latin letters that Unicode does not take apart.
_LATIN = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def check_characters(text: str, allow_line_breaks: bool = False) -> None:
    """Refuse what no other system could read back: controls, surrogates and 外字 (private glyphs)."""
    if found := _PRIVATE.search(text):
        place = found.start() + 1
        name = character_name(found[0])
        raise refusal(
            "private_character",
            Text(
                f"{place}文字目の {name} は外字で、ほかの機械では読めません。",
                f"Character {place}, {name}, is private to one machine and cannot be read on others.",
            ),
            Text(
                "Unicode にある同じ字（異体字セレクタ付きも可）に置き換えてください。",
                "Replace it with the same character in Unicode (variation selectors are welcome).",
            ),
            "L1-08",
        )
    if found := _CONTROL.search(_LINE_BREAKS.sub(" ", text) if allow_line_breaks else text):
        place = found.start() + 1
        name = character_name(found[0])
        raise refusal(
            "control_character",
            Text(
                f"{place}文字目に、文字ではない符号 {name} があります。",
                f"Character {place}, {name}, is a control code.",
            ),
            Text("その符号を消すか、入力し直してください。", "Delete it, or type the value again."),
            "L1-08",
        )


def check_name(raw: object) -> Parsed[str]:
    if not isinstance(raw, str) or not raw.strip():
        raise refusal(
            "name_unreadable",
            Text(f"「{shown(raw)}」は名称ではありません。", f"“{shown(raw)}” is not a name."),
            Text("名称を文字で書いてください。", "Write the name as text."),
        )
    if len(raw) > NAME_LIMIT:
        raise refusal(
            "name_too_long",
            Text(f"名称が長すぎます（{len(raw)}文字）。", f"The name is too long ({len(raw)} characters)."),
            Text(f"{NAME_LIMIT}文字以内で書いてください。", f"Keep it within {NAME_LIMIT} characters."),
        )
    check_characters(raw)
    return Parsed(raw, raw, _surrounding_space(raw))


def parse_family_name(raw: object) -> Parsed[str]:
    """A family name alone; one with the given name after it, as passports print both, is remarked on."""
    parsed = check_name(raw)
    both = _both_names(parsed.value)
    return replace(parsed, warnings=(*parsed.warnings, _two_names(*both))) if both else parsed


def _both_names(text: str) -> tuple[str, str] | None:
    """Of “SMITH, John” and “SMITH John” the family and the given name; capitals mark the family name."""
    if found := _COMMA.fullmatch(text):
        return found["family"].strip(), found["given"].strip()
    words = text.split()
    capitals = list(takewhile(lambda word: word.isupper() and len(word) > 1, words))
    given = words[len(capitals) :]
    if not capitals or not given or not given[0].istitle():
        return None
    return " ".join(capitals), " ".join(given)


def _two_names(family: str, given: str) -> Finding:
    family, given = shown(family), shown(given)
    return warning(
        "two_names_in_one_cell",
        Text(
            f"姓「{family}」と名「{given}」が1つのセルに入っているようです。",
            f"This seems to hold both the family name “{family}” and the given name “{given}”.",
        ),
        Text(
            f"姓の欄に「{family}」、名の欄に「{given}」と分けて書いてください。姓だけで正しければそのままで構いません。",
            f"Write “{family}” under the family name and “{given}” under the given name. "
            "Leave it if it is the family name alone.",
        ),
        "L1-07",
    )


def _surrounding_space(text: str) -> tuple[Finding, ...]:
    if text == text.strip():
        return ()
    return (
        warning(
            "surrounding_space",
            Text("名称の前か後に空白があります。", "There is space before or after the name."),
            Text("体裁のための空白は消してください。", "Delete spaces that are there for layout."),
            "L1-06",
        ),
    )


def search_key(text: str) -> str:
    """What two spellings of one name have in common: width, case, kana, accents, spaces and dots go."""
    # Putting marks in order takes the square of their number.
    head = unicodedata.normalize("NFKC", text[:KEY_LIMIT])
    plain = unicodedata.normalize("NFKC", head.casefold())
    letters: list[str] = []
    after_latin = False
    for letter in unicodedata.normalize("NFD", _IGNORED.sub("", plain).translate(_LATIN)):
        if unicodedata.combining(letter):
            if after_latin:
                continue
        else:
            after_latin = "LATIN" in unicodedata.name(letter, "")
        letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters)).translate(_TO_KATAKANA)


def parse_kana(raw: object) -> Parsed[str]:
    """A reading in full-width katakana, from katakana of either width or hiragana."""
    name = check_name(raw).value.strip()
    wide = _HALF_KANA.sub(lambda run: unicodedata.normalize("NFKC", run[0]), name)
    kana = _SPACES.sub("\u3000", unicodedata.normalize("NFC", wide).translate(_TO_KATAKANA))
    found = _NOT_KANA.search(kana)
    if found or not _KANA.search(kana):
        odd = shown(found[0] if found else kana)
        raise refusal(
            "not_kana",
            Text(
                f"フリガナに使えない文字「{odd}」があります。",
                f"“{odd}” is not katakana.",
            ),
            Text(
                "全角カタカナで書いてください。区切りは「・」「＝」か空白です。",
                "Write it in full-width katakana, parted by ・, ＝ or a space.",
            ),
        )
    return Parsed(kana, kana)


def cp932_losses(text: str) -> tuple[str, ...]:
    """The characters, each once and in order, that a cp932 (Windows Shift_JIS) file cannot hold."""
    return tuple(character for character in dict.fromkeys(text) if not _in_cp932(character))


def _in_cp932(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True

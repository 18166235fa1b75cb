"""E-mail addresses and telephone numbers, judged by their form alone."""

import re

from services.kit.findings import Parsed
from services.kit.japan.reading import fold, folded, refusal, shown
from services.kit.text import Text

EMAIL_LIMIT = 254

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Old carrier addresses have doubled dots, so the local part is not held to RFC 5321.
_EMAIL = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{_LABEL}\.)+[A-Za-z]{{2,63}}")
_PHONE = re.compile(r"[0-9+() -]{1,30}")
_PHONE_DIGITS = range(6, 16)


def parse_email(raw: object) -> Parsed[str]:
    # A space inside is never layout here: it may part two addresses.
    text = fold(raw.strip()) if isinstance(raw, str) and len(raw) <= EMAIL_LIMIT else ""
    if not _EMAIL.fullmatch(text):
        raise refusal(
            "email_unreadable",
            Text(
                f"「{shown(raw)}」はメールアドレスの形ではありません。",
                f"“{shown(raw)}” is not an e-mail address.",
            ),
            Text(
                "name@example.lg.jp の形で、一つだけ書いてください。",
                "Write one address, such as name@example.lg.jp.",
            ),
        )
    return Parsed(text, text)


def parse_phone(raw: object) -> Parsed[str]:
    # A number has lost its first 0.
    text = folded(raw) if isinstance(raw, str) else ""
    digits = sum(character.isdigit() for character in text)
    if not _PHONE.fullmatch(text) or digits not in _PHONE_DIGITS or "+" in text[1:]:
        raise refusal(
            "phone_unreadable",
            Text(
                f"「{shown(raw)}」は電話番号の形ではありません。",
                f"“{shown(raw)}” is not a telephone number.",
            ),
            Text(
                "03-0000-0000 や +81-3-0000-0000 の形で、文字列の書式のセルに書いてください。",
                "Write it as 03-0000-0000 or +81-3-0000-0000, in a cell formatted as text.",
            ),
        )
    return Parsed(text, text)

"""Rules of submissions (提出): the canonical bytes of what arrived, and what a correction may change of it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import rfc8785

from services.grants.answers import escaped
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text

UNREQUESTED = Finding(
    "unrequested_change",
    Text("補正を求められていない項目が変更されています", "What was not asked to be corrected has changed"),
    Text(
        "元の値に戻してください。変更が必要なときは、CLAIR の担当係に連絡してください。",
        "Put back what was there. Write to the section at CLAIR where it has to change.",
    ),
)
NOT_MORE = Finding(
    "requested_raised",
    Text("補正で助成申請額を増やすことはできません", "A correction cannot raise what is asked for"),
    Text("前回の申請額以下にしてください。", "Ask for no more than before."),
)
STATED_AHEAD = Finding(
    "arrival_ahead",
    Text("到達日時が現在より後です", "The stated arrival lies ahead"),
    Text(
        "実際に届いた日時（消印ではなく到達）を入力してください。",
        "Give the instant at which it arrived, not the postmark's.",
    ),
)
LATE = Text(
    "締切（{closes}）までに到達していません（到達: {arrived}）。事情があるときは、CLAIR の担当係に延長を相談してください。",
    "It did not arrive before the deadline ({closes}); it arrived at {arrived}. Ask the section at CLAIR where there is a "
    "reason to extend it.",
)
CORRECTION_LATE = Text(
    "補正の期限（{closes}）までに到達していません（到達: {arrived}）。CLAIR の担当係に連絡してください。",
    "It did not arrive before the term of the correction ({closes}); it arrived at {arrived}. Write to the section at CLAIR.",
)
TOO_EARLY = Text(
    "募集はまだ始まっていないか、中止されました。", "The round has not opened yet, or is cancelled."
)
STAYS = Refusal(
    "submission_stays", "conflict",
    Text("提出された内容は変更できません", "What was submitted does not change"),
    Text("CLAIR が補正を求めると、次の提出で直せます。", "Where CLAIR asks for a correction, the next submission mends it."),
)  # fmt: skip

# what a submission is compared by; the rest of a snapshot is not the applicant's to write
WRITTEN = (
    "department", "project_number", "category_code", "title", "joint", "country_codes", "answers", "budget", "members",
)  # fmt: skip


def canonical(snapshot: Mapping[str, Any]) -> bytes:
    """RFC 8785: one sequence of bytes for one content."""
    return rfc8785.dumps(dict(snapshot))


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def changes(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """JSON pointers of what differs. Of lists whose lengths differ, the list."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}):
            yield from changes(before.get(name), after.get(name), f"{at}/{escaped(name)}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from changes(*pair, f"{at}/{number}")
    elif before != after:
        yield at


def unrequested(
    before: Mapping[str, Any], after: Mapping[str, Any], fields: Sequence[str], documents: Sequence[str]
) -> Iterator[str]:
    """Pointers of changes that nobody asked for, of two snapshots."""
    for name in WRITTEN:
        # of countries, earlier snapshots say nothing
        for pointer in changes(before.get(name, []), after[name], f"/{name}"):
            if not any(pointer == one or pointer.startswith(f"{one}/") for one in fields):
                yield pointer
    files = [{(one["document"], one["sha256"]) for one in given["files"]} for given in (before, after)]
    for document in sorted({code for code, _ in files[0] ^ files[1]} - set(documents)):
        yield f"/files/{document}"

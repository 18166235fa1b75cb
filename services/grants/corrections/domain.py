"""Rules of corrections (補正): an officer names what is to be mended and a term; the next submission mends that alone."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text

OF_NOTHING = Finding(
    "correction_of_nothing",
    Text("補正を求める項目も書類もありません", "Nothing is named that is to be corrected"),
    Text("項目または書類を1つ以上指定してください。", "Name a field or a document at least."),
)
UNKNOWN_DOCUMENT = Finding(
    "document_unknown",
    Text("この書類は、要綱にありません", "The rules ask for no such document"),
    Text("要綱にある書類のコードを指定してください。", "Give the code of a document that the rules name."),
)
TERM_PAST = Finding(
    "correction_term_past",
    Text("補正の期限が現在より後になっていません", "The term does not lie ahead"),
    Text("今より後の日時を入力してください。", "Give an instant ahead of now."),
)
ONCE = Refusal(
    "correction_once", "conflict",
    Text("この提出には、すでに補正を求めています", "A correction of this submission was asked for already"),
    Text("補正された提出を待ってください。", "Wait for the corrected submission."),
)  # fmt: skip


def misdirected(
    fields: Sequence[str], documents: Sequence[str], known: Sequence[str], due_at: datetime, now: datetime
) -> Iterator[tuple[str, Finding]]:
    if not fields and not documents:
        yield "fields", OF_NOTHING
    for place, code in enumerate(documents):
        if code not in known:
            yield f"documents/{place}", UNKNOWN_DOCUMENT
    if due_at <= now:
        yield "due_at", TERM_PAST

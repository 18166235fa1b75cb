"""Refusals: what the rules answer when they say no. They know no HTTP and carry no database text.

Every kind of refusal is declared once with its code and its words in both languages; codes are stable.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from services.kit.findings import Finding
from services.kit.text import Text

# malformed: the request cannot be read · unsigned: nobody is known · forbidden: not with these scopes ·
# absent: not there, or not for this caller · conflict: a rule or a state · stale, unguarded: versions ·
# payload: read, but wrong · throttled, unavailable: later
Sort = Literal[
    "malformed", "unsigned", "forbidden", "absent", "method", "conflict", "stale", "unguarded", "large",
    "media", "unacceptable", "payload", "throttled", "unavailable", "fault",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """One declared kind of refusal. `title` says what, `detail` how to go on."""

    code: str
    sort: Sort
    title: Text
    detail: Text

    def __call__(self, *fields: "FieldError", **values: object) -> "Refused":
        return Refused(self, self.detail.fill(**values) if values else self.detail, fields)


def refusal(finding: Finding, sort: Sort = "payload") -> Refusal:
    """What a constraint says in the words of the rule that it mirrors."""
    return Refusal(finding.code, sort, finding.message, finding.remedy)


class CellAt(NamedTuple):
    """As people name a cell of a workbook."""

    sheet: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class FieldError:
    """One remark on one place of the request: a JSON pointer, a parameter's name, or a cell of the file that was sent."""

    pointer: str
    code: str
    message: Text
    remedy: Text = Text("", "")
    cell: CellAt | None = None


@dataclass(slots=True)
class Refused(Exception):
    refusal: Refusal
    detail: Text
    fields: tuple[FieldError, ...] = field(default=())

    def __str__(self) -> str:
        return self.refusal.code


MALFORMED = Refusal(
    "malformed_request", "malformed",
    Text("リクエストを読み取れません", "The request cannot be read"),
    Text("リクエストの形式を直して、もう一度送ってください。", "Mend the form of the request and send it again."),
)  # fmt: skip
UNSIGNED = Refusal(
    "token_required", "unsigned",
    Text("アクセストークンが必要です", "An access token is needed"),
    Text("有効なアクセストークンを付けて送ってください。", "Send a valid access token."),
)  # fmt: skip
FORBIDDEN = Refusal(
    "scope_insufficient", "forbidden",
    Text("この操作の権限がありません", "Your scopes do not cover this"),
    Text("この操作に必要なスコープがありません。CLAIR の担当者に確認してください。",
         "Your client lacks the scope for this operation. Ask CLAIR."),
)  # fmt: skip
PERSON_REQUIRED = Refusal(
    "person_required", "forbidden",
    Text("この操作は人が行います", "This takes a person"),
    Text("ツールだけではできません。担当者本人としてサインインして、もう一度行ってください。",
         "A tool cannot do this by itself. Sign in as a person and do it again."),
)  # fmt: skip
ABSENT = Refusal(
    "not_found", "absent",
    Text("見つかりません", "Not found"),
    Text("指定されたものは存在しないか、閲覧できません。", "What you asked for does not exist or is not yours to see."),
)  # fmt: skip
METHOD = Refusal(
    "method_not_allowed", "method",
    Text("このメソッドは使えません", "This method is not allowed here"),
    Text("Allow ヘッダーにあるメソッドを使ってください。", "Use a method named in the Allow header."),
)  # fmt: skip
STALE = Refusal(
    "version_outdated", "stale",
    Text("他の人が先に変更しました", "Somebody changed this before you"),
    Text("最新の内容を読み直してから、もう一度変更してください。", "Read it again and repeat your change."),
)  # fmt: skip
UNGUARDED = Refusal(
    "if_match_required", "unguarded",
    Text("If-Match が必要です", "If-Match is needed"),
    Text("読み取ったときの ETag を If-Match に付けてください。", "Send the ETag that you read as If-Match."),
)  # fmt: skip
LARGE = Refusal(
    "content_too_large", "large",
    Text("大きすぎます", "Too large"),
    Text("送る内容を小さくしてください。", "Send less."),
)  # fmt: skip
MEDIA = Refusal(
    "media_type_unsupported", "media",
    Text("この形式は受け付けられません", "This media type is not taken here"),
    Text("Content-Type を確認してください。受け付ける形式: {accepted}", "Check the Content-Type. Taken here: {accepted}"),
)  # fmt: skip
UNACCEPTABLE = Refusal(
    "format_not_offered", "unacceptable",
    Text("この形式では返せません", "Not offered in this format"),
    Text("Accept ヘッダーを確認してください。返せる形式: {offered}", "Check Accept. Offered: {offered}"),
)  # fmt: skip
INVALID = Refusal(
    "invalid_content", "payload",
    Text("内容に誤りがあります", "The content is not valid"),
    Text("示された各項目を直して、もう一度送ってください。", "Mend each item that is named, and send it again."),
)  # fmt: skip
PARAMETERS = Refusal(
    "invalid_parameters", "malformed",
    Text("パラメーターに誤りがあります", "The parameters are not valid"),
    Text("示された各項目を直して、もう一度送ってください。", "Mend each item that is named, and send it again."),
)  # fmt: skip
KEY_REQUIRED = Refusal(
    "idempotency_key_required", "malformed",
    Text("Idempotency-Key が必要です", "Idempotency-Key is needed"),
    Text("1〜255文字の印字可能な ASCII で、操作ごとに新しい値を付けてください。",
         "Send 1 to 255 printable ASCII characters, new for each operation."),
)  # fmt: skip
KEY_IN_FLIGHT = Refusal(
    "idempotency_key_in_flight", "conflict",
    Text("同じ Idempotency-Key の処理中です", "This Idempotency-Key is being worked on"),
    Text("少し待ってから、同じ内容をもう一度送ってください。", "Wait a little and send the same again."),
)  # fmt: skip
KEY_REUSED = Refusal(
    "idempotency_key_reused", "payload",
    Text("Idempotency-Key が別の内容で使われています", "This Idempotency-Key was used for other content"),
    Text("新しい内容には新しい Idempotency-Key を付けてください。", "Use a new Idempotency-Key for new content."),
)  # fmt: skip
CHARACTERS_LOST = Refusal(
    "characters_lost",
    "payload",
    Text("この文字コードでは表せない文字があります", "This charset cannot hold some characters"),
    Text(
        "{total}か所が失われます。UTF-8 か XLSX を使うか、on_loss=fallback を付けてください。",
        "{total} cells would lose something. Use UTF-8 or XLSX, or ask for on_loss=fallback.",
    ),
)
ACTION_CLOSED = Refusal(
    "action_not_available", "conflict",
    Text("今の状態ではこの操作はできません", "This action is not available in the present state"),
    Text("{reason}", "{reason}"),
)  # fmt: skip
EXISTS = Refusal(
    "already_exists", "conflict",
    Text("すでに登録されています", "It exists already"),
    Text("同じ番号・期間のものがあります。変更するには PATCH を使ってください。",
         "One with the same number or period exists. Use PATCH to change it."),
)  # fmt: skip
CONFLICT = Refusal(
    "rule_conflict", "conflict",
    Text("規則に合いません", "A rule stands against this"),
    Text("関連する記録を確認してください。", "Check the related records."),
)  # fmt: skip
FAULT = Refusal(
    "internal_fault", "fault",
    Text("処理できませんでした", "Something failed on our side"),
    Text("support_code を CLAIR に伝えてください。", "Tell CLAIR the support_code."),
)  # fmt: skip
UNAVAILABLE = Refusal(
    "unavailable", "unavailable",
    Text("ただいま利用できません", "Not available just now"),
    Text("少し待ってから、もう一度送ってください。", "Wait a little and send it again."),
)  # fmt: skip

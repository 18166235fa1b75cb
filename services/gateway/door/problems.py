"""The refusals of the door, as RFC 9457 problem+json in the shape of 02-api. Input is never echoed.

The codes that a service gives for the same matter are the same here (services/kit/errors.py).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.door.asgi import Answer, Headers
from services.gateway.door.trace import Trace
from services.kit.http import problem
from services.kit.text import Text


@dataclass(frozen=True, slots=True)
class Kind:
    status: int
    title: Text
    detail: Text


_HEADERS = Text("要求ヘッダーを受け付けられません", "The request headers are not acceptable")
_TARGET = Text("要求先の書き方を受け付けられません", "The request target is not acceptable")
_LATER = Text("ただいま処理できません", "Not available at the moment")

KINDS: dict[str, Kind] = {
    "malformed_request": Kind(
        400,
        Text("HTTPとして読めない要求です", "The request is not readable as HTTP"),
        Text("要求の形式を確認してください。", "Check the form of the request."),
    ),
    "bad_target": Kind(
        400,
        _TARGET,
        Text(
            "パスは「/」で始め、符号化された記号・「.」「..」・空の区切りを含めないでください。",
            "Start the path with '/'; no encoded ASCII, no dot segments, no empty segments.",
        ),
    ),
    "bad_query": Kind(
        400,
        Text("検索条件の書き方を受け付けられません", "The query string is not acceptable"),
        Text("検索条件はUTF-8で正しく符号化してください。", "Percent-encode the query as valid UTF-8."),
    ),
    "bad_host": Kind(
        400,
        _HEADERS,
        Text("Hostヘッダーは正しい値で一つだけ送ってください。", "Send exactly one valid Host header."),
    ),
    "bad_header": Kind(
        400,
        _HEADERS,
        Text(
            "ヘッダー名の「_」、ASCII以外の値、重複してはならないヘッダーの重複は受け付けません。",
            "No underscore in names, no non-ASCII values, no second copy of a single-valued header.",
        ),
    ),
    "bad_framing": Kind(
        400,
        _HEADERS,
        Text(
            "Content-LengthとTransfer-Encodingは一方だけ、後者はchunkedのみです。",
            "Send Content-Length or 'Transfer-Encoding: chunked', not both.",
        ),
    ),
    "query_is_saved": Kind(
        400,
        Text("保存した検索条件は、ここでは変えられません", "A saved query is read as it was saved"),
        Text(
            "「?」以降を外してください。rows.json の続きを読む cursor だけは付けられます。",
            "Leave out what follows '?'. Only a cursor may stand there, on rows.json.",
        ),
    ),
    "body_not_allowed": Kind(
        400,
        Text("この操作は本文を受け取りません", "This operation takes no body"),
        Text("本文を付けずに送ってください。", "Send the request without a body."),
    ),
    "token_required": Kind(
        401,
        Text("認証が必要です", "Authentication is needed"),
        Text(
            "有効なアクセストークンをAuthorization: Bearerで送ってください。",
            "Send a valid access token as 'Authorization: Bearer'.",
        ),
    ),
    "query_key_required": Kind(
        401,
        Text("この検索条件の鍵が必要です", "A key of this saved query is needed"),
        Text(
            "「基本」認証を選び、ユーザー名は任意、パスワードに有効な鍵（kq_…）を入力してください。鍵は保存した人が発行します。",
            "Choose Basic authentication with any user name and a valid key (kq_...) as the password. Its owner makes one.",
        ),
    ),
    "not_found": Kind(
        404,
        Text("見つかりません", "Not found"),
        Text(
            "このURLには何もありません。/openapi.jsonを確認してください。", "Nothing here; see /openapi.json."
        ),
    ),
    "method_not_allowed": Kind(
        405,
        Text("このメソッドは使えません", "Method not allowed"),
        Text("使えるメソッドはAllowヘッダーにあります。", "The Allow header lists the methods."),
    ),
    "request_timeout": Kind(
        408,
        Text("要求が時間内に届きませんでした", "The request did not arrive in time"),
        Text("通信を確認して送り直してください。", "Check the connection and send it again."),
    ),
    "content_too_large": Kind(
        413,
        Text("本文が大きすぎます", "The body is too large"),
        Text("分けて送るか、CSVの取込を使ってください。", "Split it, or use a CSV import."),
    ),
    "target_too_long": Kind(
        414, Text("URLが長すぎます", "The URL is too long"), Text("8 KiBまでです。", "The limit is 8 KiB.")
    ),
    "media_type_unsupported": Kind(
        415,
        Text("この形式は受け付けません", "Unsupported media type"),
        Text(
            "Content-Typeを/openapi.jsonにある形式にし、圧縮せずに送ってください。",
            "Use a Content-Type that /openapi.json names for this operation, without compression.",
        ),
    ),
    "rate_limited": Kind(
        429,
        Text("要求が多すぎます", "Too many requests"),
        Text("Retry-Afterの秒数を待ってください。", "Wait for the seconds that Retry-After names."),
    ),
    "too_many_at_once": Kind(
        429,
        Text("同時に送られた要求が多すぎます", "Too many requests at once"),
        Text("前の要求の答えを待ってから送ってください。", "Wait for answers to earlier requests."),
    ),
    "headers_too_large": Kind(
        431,
        Text("ヘッダーが大きすぎます", "The headers are too large"),
        Text("合計32 KiBまでです。", "The limit is 32 KiB in all."),
    ),
    "upstream_failed": Kind(
        502, _LATER, Text("サービスの応答が途切れました。", "The service broke off its answer.")
    ),
    "service_unavailable": Kind(
        503, _LATER, Text("サービスが停止しています。", "The service is not running.")
    ),
    "door_full": Kind(
        503,
        _LATER,
        Text(
            "接続が多すぎます。使い終えた接続を閉じてください。",
            "Too many connections are open. Close those that are not in use.",
        ),
    ),
    "service_busy": Kind(503, _LATER, Text("サービスが混み合っています。", "The service is busy.")),
    "access_unknown": Kind(
        503,
        _LATER,
        Text("アクセス権の最新情報を確認できません。", "Current access rights cannot be confirmed."),
    ),
    "upstream_timeout": Kind(
        504, _LATER, Text("サービスが時間内に応答しませんでした。", "The service did not answer in time.")
    ),
}


class Refused(Exception):
    """The request ends here, with one of the kinds above."""

    def __init__(self, code: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.headers = headers


def headers_of(refused: Refused) -> Headers:
    """Of whatever form the refusal is told in."""
    headers: Headers = [(b"cache-control", b"no-store"), *refused.headers]
    if KINDS[refused.code].status == 503 and not refused.headers:
        headers.append((b"retry-after", b"5"))
    return headers


def answer(refused: Refused, trace: Trace) -> Answer:
    kind = KINDS[refused.code]
    body = {
        "type": f"/problems/{refused.code}",
        "code": refused.code,
        "title": kind.title.within(trace.language),
        "status": kind.status,
        "detail": kind.detail.within(trace.language),
        "errors": [],
        "trace_id": trace.trace_id,
        "support_code": problem.support_code(trace.request_id),
    }
    headers: Headers = [
        (b"content-type", problem.MEDIA_TYPE.encode()),
        (b"content-language", trace.language.encode()),
        *headers_of(refused),
    ]
    return Answer(kind.status, headers, json.dumps(body, ensure_ascii=False).encode())

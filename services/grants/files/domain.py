"""Rules of an application's files (添付書類): which formats are taken, and what their verdict lets a reader do."""

from typing import Literal, get_args

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text

# pending: not looked at yet, or there is nothing here that looks
Verdict = Literal["pending", "clean", "bad"]
VERDICTS = get_args(Verdict)
LARGEST = 50 * 1024 * 1024
MOST = 50  # of one application
SUFFIXES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
UNKNOWN_DOCUMENT = Finding(
    "document_unknown",
    Text("この書類は、要綱にありません", "The rules ask for no such document"),
    Text("要綱にある書類のコードを指定してください。", "Give the code of a document that the rules name."),
)
BAD = Refusal(
    "file_unsafe", "conflict",
    Text("安全を確認できないファイルのため、開けません", "This file was found to be unsafe and is not opened"),
    Text("提出した団体に、作り直したファイルを依頼してください。", "Ask the applicant for one that is made anew."),
)  # fmt: skip
TOO_MANY = Refusal(
    "too_many_files", "conflict",
    Text("この申請の添付書類が多すぎます", "This application has too many files"),
    Text("1件の申請に50個までです。不要なものを削除してください。", "An application has fifty at most. Remove one."),
)  # fmt: skip

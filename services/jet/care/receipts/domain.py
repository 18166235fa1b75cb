"""Receipts (領収書): photographs and papers, told by their first bytes and by nothing that is said of them."""

from typing import Literal, get_args

from services.kit.errors import Refusal
from services.kit.text import Text

MediaType = Literal["image/jpeg", "image/png", "image/heic", "application/pdf"]
MEDIA_TYPES: tuple[MediaType, ...] = get_args(MediaType)
LARGEST = 10 * 1024 * 1024
MOST = 10  # of one claim
# no name of a file tells what it is of
SUFFIXES: dict[str, str] = {
    "image/jpeg": "jpg", "image/png": "png", "image/heic": "heic", "application/pdf": "pdf",
}  # fmt: skip

_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
NO_RECEIPT = Refusal(
    "receipt_unreadable", "payload",
    Text("領収書のファイルとして読み取れません", "This is no file that a receipt can be"),
    Text("JPEG・PNG・HEIC の写真か PDF を送ってください。", "Send a photograph (JPEG, PNG, HEIC) or a PDF."),
)  # fmt: skip
TOO_MANY = Refusal(
    "too_many_receipts", "conflict",
    Text("この申請の領収書が多すぎます", "This claim has too many receipts"),
    Text("1件の申請に10枚までです。不要なものを削除してください。", "A claim has ten at most. Remove one that is not needed."),
)  # fmt: skip


def media_type(content: bytes) -> MediaType | None:
    """By its first bytes: JFIF and EXIF, PNG, ISO 14496-12 with a brand of HEIF, PDF."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[4:8] == b"ftyp" and content[8:12] in _BRANDS:
        return "image/heic"
    return "application/pdf" if content.startswith(b"%PDF-") else None

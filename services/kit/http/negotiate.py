"""Which representation a caller wants: JSON, a whole list as CSV, XLSX or JSON Lines, or what such a file holds.

A charset that is not offered does not fit, like a media type that is not.
"""

from typing import Literal

from services.kit.errors import UNACCEPTABLE

Format = Literal["json", "csv", "xlsx", "ndjson", "csvw"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSVW = "application/csvm+json"
MEDIA: dict[str, Format] = {
    "application/json": "json",
    "text/csv": "csv",
    XLSX: "xlsx",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    CSVW: "csvw",
}
LIST_FORMATS: tuple[Format, ...] = ("json", "csv", "xlsx", "ndjson", "csvw")
CP932 = ("cp932", "shift_jis", "windows-31j", "ms932", "sjis")
_CHARSETS = ("utf-8", "utf8", *CP932)


def choose(accept: str, offered: tuple[Format, ...]) -> tuple[Format, str, dict[str, str]]:
    """The format, its media type and the parameters the caller gave (charset); 406 when none fits."""
    if not accept or accept == "*/*" or accept == "application/json":
        return offered[0], "application/json", {}
    best: tuple[float, Format, str, dict[str, str]] | None = None
    for part in accept.split(","):
        media, *rest = (piece.strip() for piece in part.split(";"))
        parameters = {
            name.strip().lower(): value.strip(' "') for name, _, value in (p.partition("=") for p in rest)
        }
        try:
            weight = float(parameters.pop("q", "1"))
        except ValueError:
            continue
        media = media.lower()
        if media in ("*/*", "application/*"):
            media = "application/json"
        elif media == "text/*":
            media = "text/csv"
        form = MEDIA.get(media)
        if form == "csv" and parameters.get("charset", "utf-8").lower() not in _CHARSETS:
            continue
        if form in offered and weight > 0 and (best is None or weight > best[0]):
            best = (weight, form, media, parameters)
    if best is None:
        raise UNACCEPTABLE(offered=", ".join(media for media, form in MEDIA.items() if form in offered))
    return best[1:]


def only(accept: str, media: str) -> None:
    """Of what is offered in one media type alone, a paper or a calendar: 406 to whom that is no use."""
    family = media.split("/")[0]
    taken = [part.split(";") for part in accept.lower().split(",")]
    if accept and not any(
        name.strip() in ("*/*", f"{family}/*", media) and "q=0" not in [one.strip() for one in rest]
        for name, *rest in taken
    ):
        raise UNACCEPTABLE(offered=media)

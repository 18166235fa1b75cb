"""Which representation a caller wants: JSON, or a whole list as CSV, XLSX or JSON Lines."""

from typing import Literal

from services.kit.errors import UNACCEPTABLE

Format = Literal["json", "csv", "xlsx", "ndjson"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA: dict[str, Format] = {
    "application/json": "json",
    "text/csv": "csv",
    XLSX: "xlsx",
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
}
LIST_FORMATS: tuple[Format, ...] = ("json", "csv", "xlsx", "ndjson")


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
        if form in offered and weight > 0 and (best is None or weight > best[0]):
            best = (weight, form, media, parameters)
    if best is None:
        raise UNACCEPTABLE(offered=", ".join(media for media, form in MEDIA.items() if form in offered))
    return best[1:]

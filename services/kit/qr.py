"""QR codes (ISO/IEC 18004) as one SVG element: for a page as it stands, and for a paper.

Colours and size are attributes, so a page that allows no inline style shows it; a stylesheet may size `svg.qr`.
"""

from html import escape

import segno

MODULE = 4  # pixels a module is wide where no stylesheet says otherwise
QUIET = 4  # modules of white around, which readers need


def svg(text: str, title: str | None = None) -> str:
    """The code of `text`. `title` is what a screen reader says of it; without one, the text itself.

    A text that no code can hold (about 2,300 letters) is a ValueError.
    """
    if not text:
        raise ValueError("there is nothing to encode")
    rows = segno.make_qr(text, error="m").matrix
    side = len(rows) + 2 * QUIET
    dark = "".join(_runs(row, y + QUIET) for y, row in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" viewBox="0 0 {side} {side}" '
        f'width="{side * MODULE}" height="{side * MODULE}" shape-rendering="crispEdges">'
        f"<title>{escape(title or text)}</title>"
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )


def _runs(row: bytearray, y: int) -> str:
    """One bar for each run of dark modules: squares side by side would show seams."""
    path, x = "", 0
    while x < len(row):
        if row[x]:
            start = x
            while x < len(row) and row[x]:
                x += 1
            path += f"M{start + QUIET} {y}h{x - start}v1h-{x - start}z"
        x += 1
    return path

"""QR codes: the drawing is the code, and a page with a strict policy can show it."""

from xml.etree import ElementTree

import pytest
import segno

from services.kit import qr

ADDRESS = "https://kakehashi.example/desk/check-ins/7Q4K-2M9X?a=1&b=<2>"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("text", [ADDRESS, "1", "修了証書 第1号", "x" * 300])
def test_the_drawing_is_the_code_with_white_around(text: str) -> None:
    drawing = ElementTree.fromstring(qr.svg(text))
    rows = segno.make_qr(text, error="m").matrix
    side = len(rows) + 2 * qr.QUIET
    assert drawing.get("viewBox") == f"0 0 {side} {side}"
    white, black = drawing.findall(f"{SVG}path")
    assert (white.get("fill"), white.get("d")) == ("#fff", f"M0 0h{side}v{side}H0z")
    assert black.get("fill") == "#000"
    dark = {(x, y) for bar in (black.get("d") or "").removesuffix("z").split("z") for x, y in _modules(bar)}
    assert dark == {
        (x + qr.QUIET, y + qr.QUIET) for y, row in enumerate(rows) for x, module in enumerate(row) if module
    }


def _modules(bar: str) -> list[tuple[int, int]]:
    start, rest = bar.removeprefix("M").split("h", 1)
    wide, back = rest.split("v1h-")
    assert wide == back
    x, y = map(int, start.split())
    return [(x + at, y) for at in range(int(wide))]


def test_it_is_said_aloud_and_needs_nothing_that_a_strict_page_forbids() -> None:
    drawing = ElementTree.fromstring(qr.svg(ADDRESS))
    assert drawing.get("role") == "img"
    assert drawing.findtext(f"{SVG}title") == ADDRESS
    assert ElementTree.fromstring(qr.svg(ADDRESS, "受付 <1>")).findtext(f"{SVG}title") == "受付 <1>"
    for element in drawing.iter():
        assert element.tag in (f"{SVG}svg", f"{SVG}title", f"{SVG}path")
        assert not {name for name in element.attrib if name in ("style", "href") or name.startswith("on")}


@pytest.mark.parametrize("text", ["", "x" * 3_000])
def test_what_no_code_holds_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        qr.svg(text)

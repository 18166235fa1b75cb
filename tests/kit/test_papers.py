"""Papers: what goes in as data comes out as typed, on any machine, in the same bytes."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import typst

from services.kit import papers
from services.kit.errors import Refused
from tests.support.paper import faces, words

DATED = date(2024, 8, 2)
SOURCE = """
#import "/kit/papers.typ": *
#set document(title: "A paper")
#set page(width: 500mm, height: auto)
#set text(font: serif, lang: "ja")
#data.name
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes a template of a service of its own."""
    monkeypatch.setattr(papers, "ROOT", tmp_path)
    (tmp_path / "kit").mkdir()
    shutil.copy(Path(papers.__file__).with_suffix(".typ"), tmp_path / "kit")

    def written(source: str) -> Path:
        template = tmp_path / "paper.typ"
        template.write_text(source, encoding="utf-8")
        return template

    return written


def made(template: Path, name: str) -> bytes:
    return asyncio.run(papers.pdf(template, {"name": name}, DATED))


@pytest.mark.parametrize(
    "name",
    [
        "Renée Nguyễn-O’Brien",
        "Łukasz Őry Ștefan Ağaoğlu Ŵyn ʻAukai Māhina",
        "髙﨑 𠮷郎 草彅 ①",
        "葛\U000e0100城 葛城 辻\U000e0101",
        "Иванова Ελένη",
        '#panic("x") #sys.version #[a] #{1 + 1} #data #import "/x.typ": *',
        "$x^2$ *bold* _soft_ `raw` @ref <label> = - + / // /* */ ~ -- --- ...",
        "\\ \\u{41} \\n \" ' ” ’ {} [] \\",
        '","name":"other',
    ],
)
def test_a_name_is_printed_as_typed(write: Callable[[str], Path], name: str) -> None:
    assert words(made(write(SOURCE), name)) == name


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("Emma 😀", "U+1F600"),
        ("김 Min", "U+AE40"),
        ("a\x07", "U+0007"),
        ("a\ufeff", "U+FEFF"),
        ('a"\x00', "U+0000"),
    ],
)
def test_a_letter_that_no_face_has_is_told_and_no_gap_left(
    write: Callable[[str], Path], name: str, character: str
) -> None:
    with pytest.raises(Refused) as refused:
        made(write(SOURCE), name)
    assert refused.value.refusal is papers.UNPRINTABLE
    assert character in refused.value.detail.ja and character in refused.value.detail.en
    assert name not in refused.value.detail.en


def test_a_fault_of_a_template_is_ours(write: Callable[[str], Path]) -> None:
    with pytest.raises(typst.TypstError, match="unknown variable"):
        made(write(SOURCE + "#absent"), "x")


def test_a_paper_keeps_to_both_standards_and_is_dated_by_its_data(write: Callable[[str], Path]) -> None:
    paper = made(write(SOURCE), "x")
    for said in (
        b"<pdfaid:part>2</pdfaid:part>",
        b"<pdfaid:conformance>B</pdfaid:conformance>",
        b"<pdfuaid:part>1</pdfuaid:part>",
        b"/Marked true",
        b"/CreationDate(D:20240802",
        b"/ModDate(D:20240802",
    ):
        assert said in paper


def test_the_same_data_give_the_same_bytes_in_any_process_and_thread(write: Callable[[str], Path]) -> None:
    template = write(SOURCE)

    async def many() -> list[bytes]:
        return await asyncio.gather(*(papers.pdf(template, {"name": "髙﨑 Emma"}, DATED) for _ in range(8)))

    [paper] = set(asyncio.run(many()))
    script = (
        "import asyncio, sys, pathlib, datetime; from services.kit import papers;"
        "papers.ROOT = pathlib.Path(sys.argv[1]).parent;"
        "sys.stdout.buffer.write(asyncio.run(papers.pdf(pathlib.Path(sys.argv[1]),"
        " {'name': '髙﨑 Emma'}, datetime.date(2024, 8, 2))))"
    )
    other = subprocess.run([sys.executable, "-c", script, str(template)], capture_output=True, check=True)
    assert other.stdout == paper


def test_the_faces_are_those_of_our_libraries(write: Callable[[str], Path]) -> None:
    assert faces(made(write(SOURCE), "髙 Ł")) == {"NotoSerifJP-Regular", "LibertinusSerif-Regular"}
    assert all(face.path is None or "pylopdf_fonts_jp" in face.path for face in papers._fonts().fonts())


def test_a_template_reads_nothing_outside_of_the_services(
    write: Callable[[str], Path], tmp_path: Path
) -> None:
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("secret")
    with pytest.raises(typst.TypstError):
        made(write(SOURCE + '#read("../outside.txt")'), "x")
    with pytest.raises(typst.TypstError):
        made(write(SOURCE + f'#read("{outside}")'), "x")


def test_no_paper_fetches_a_package_or_evaluates_what_it_is_given() -> None:
    templates = list(papers.ROOT.rglob("*.typ"))
    assert templates
    for template in templates:
        assert not re.search(r'"@|\beval\(|\bplugin\(', template.read_text(encoding="utf-8")), template

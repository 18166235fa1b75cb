"""Tables with something wrong in them, as grids of cells: the same for every kind and every medium."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.registry.organisations.resource import organisations
from services.jet.appointments.resource import appointments
from services.jet.participants.resource import participants
from services.kit.resource import Resource

Grid = list[list[Any]]


@dataclass(frozen=True)
class Form:
    """One kind of import with a sound row: which of its columns holds a number, a name, a choice and a day."""

    resource: Resource
    values: tuple[tuple[str, str], ...]
    number: str
    name: str
    choice: str
    day: str

    @property
    def service(self) -> str:
        return self.resource.service

    @property
    def kind(self) -> str:
        return self.resource.plural

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.values]

    @property
    def sound(self) -> list[str]:
        return [value for _, value in self.values]

    @property
    def required(self) -> set[str]:
        return {column.name for column in self.resource.kind.columns if column.required}

    @property
    def headings(self) -> list[str]:
        titles = {column.name: column.title.ja for column in self.resource.kind.columns}
        return [titles[name] for name in self.names]

    def grid(self, *rows: Sequence[Any]) -> Grid:
        return [self.headings, *map(list, rows)]

    def having(self, **values: Any) -> list[Any]:
        return [values.get(name, value) for name, value in zip(self.names, self.sound, strict=True)]


ORGANISATIONS = Form(
    organisations,
    (("code", "B000001"), ("name", "架空団体"), ("kind", "企業"), ("valid_from", "2024-04-01")),
    "code", "name", "kind", "valid_from",
)  # fmt: skip
PARTICIPANTS = Form(
    participants,
    (("jet_number", "20990000001"), ("family_name", "DOE"), ("nationality", "XA"), ("job_type", "ALT"),
     ("programme_year", "2024"), ("arrival_group", "a"), ("birth_on", "1998-04-01")),
    "jet_number", "family_name", "job_type", "birth_on",
)  # fmt: skip
APPOINTMENTS = Form(
    appointments,
    (("jet_number", "20990000002"), ("organisation_code", "B000002"), ("programme_year", "2024"), ("job_type", "ALT"),
     ("starts_on", "2024-07-29"), ("ends_on", "2025-07-28"), ("workplace_name", "架空小学校"), ("workplace_kind", "office")),
    "jet_number", "workplace_name", "job_type", "starts_on",
)  # fmt: skip
# an organisation's own code may be any word of letters, digits and hyphens
_WORDS = (
    "NaN",
    "Infinity",
    "-1",
    "1e9",
    "9" * 30,
    "202400000010",
    "null",
    "JET２０２４",
    -1,
    2_958_466,
    99_999_999_999_999_999,
)
FORMS = (ORGANISATIONS, PARTICIPANTS, APPOINTMENTS)

_NUMBERS = (
    "", "NaN", "Infinity", "-1", "1.5", "1e9", "9" * 30, "9" * 400, "2024000000 20240000001", "(20240000001)",
    "JET２０２４", "=1+1", "#REF!", "011003", "202400000010", "٢٠٢٤٠٠٠٠٠٠١", "a\x00b", "a\ue000b", "\u202eabc", "null",
)  # fmt: skip
_DAYS = (
    "令和6年2月30日", "令和99年1月1日", "昭和元年1月1日", "2024/13/1", "2023-02-29", "0000-00-00", "99999999", "-1", "いつか",
    "R6", "29/7/2024", "1e308", "NaN", "2024-07-29T25:00:00", "9" * 300, "令和六年七月", "2024-7-29-1", "#VALUE!",
)  # fmt: skip
_NAMES = ("", "　", "a\x00b", "\ue000", "\ufffe", "\u202ex", "x" * 201, "x" * 100_000, "a\rb", "a\x1bb")
_CHOICES = ("会社ではない", "ALT;CIR", "0", "NaN", "ＡＬＴ・ＣＩＲ", "x" * 5_000, "\x00")


def wrong(form: Form, column: str, value: Any) -> bool:
    """Whether the value may not stand there."""
    blank = isinstance(value, str) and not value.strip()
    if form.number == "code" == column and value in _WORDS:
        return False
    return not blank or column in form.required


def refused_rows(form: Form) -> Iterator[tuple[str, Grid]]:
    """Grids of which nothing may be stored."""
    sound = list(form.sound)
    for label, column, values in (
        ("number", form.number, _NUMBERS), ("day", form.day, _DAYS), ("name", form.name, _NAMES),
        ("choice", form.choice, _CHOICES),
    ):  # fmt: skip
        for place, value in enumerate(values):
            if wrong(form, column, value):
                yield f"{label} {place}", form.grid(sound, form.having(**{column: value}))
    yield "only a header", form.grid()
    yield "no heading", [sound, sound]
    yield "headings in French", [["numéro", "nom", "genre", "depuis"], sound]
    yield "heading twice", [[*form.headings, form.headings[0]], [*sound, sound[0]]]
    yield "required column missing", [form.headings[1:], sound[1:]]
    yield "one column alone", [form.headings[:1], sound[:1]]
    yield "same record twice", form.grid(sound, sound)
    yield "blank rows and then a bad one", form.grid(sound, [], [None] * 9, form.having(**{form.choice: "?"}))
    yield "title far above", [[form.kind], *[[] for _ in range(30)], *form.grid(sound)]
    yield "another form", [["受付番号", "件名", "担当", "備考"], ["1", "a", "b", "c"]]
    yield "a template of another version and kind", [["様式 存在しない様式 版 1999.1"], [], *form.grid([])]
    yield "numbers for headings", [list(range(9)), sound]


def readable_rows(form: Form) -> Iterator[tuple[str, Grid]]:
    """Odd, and yet understood: tried without storing."""
    sound = list(form.sound)
    yield "sound", form.grid(sound)
    yield "footers and blank rows", form.grid(sound, [], ["合計 1名"], [], ["※ 注記"])
    yield "headings with marks", [[f"{text}（必須）※" for text in form.headings], sound]
    yield "unknown columns", [[*form.headings, "備考", "担当"], [*sound, "a", "b"]]
    yield "full-width number", form.grid(form.having(**{form.number: _wide(str(sound[0]))}))
    yield "era date", form.grid(form.having(**{form.day: "平成36年7月29日"}))
    yield "era date in short", form.grid(form.having(**{form.day: "Ｒ６．７．２９"}))


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)

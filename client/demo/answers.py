"""How the members of a host authority fill in the survey's form: who stays, and how many are wished besides."""

from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from client.api import Api, ImportResult
from client.demo.form import Form

KIND = "placement-requests"
ANSWERS, WEIGHTS = ("yes", "no", "undecided"), (80, 17, 3)
ORDINARY_YEARS, MOST_YEARS = 3, 5
YES = "○"


class Mistake(NamedTuple):
    """What a host authority notices in an answer and the form cannot know to be wrong; in a row of this entry."""

    entry: str
    field: str
    typed: int
    right: int
    remark: str


MISTAKES = (
    Mistake("reappointment", "housing_rent_yen", 600_000, 50_000, "年額のようです。月額を入力してください。"),
    Mistake("new", "seats", 10, 1, "10人は1人の誤りではありませんか。人数を確かめてください。"),
)


class Answers:
    """Of one programme year; files go to `out`."""

    def __init__(self, year: int, out: Path) -> None:
        self._year, self._out = year, out
        self._rng = Random(year)
        self._columns: dict[str, Any] = {}
        self._mistaken: dict[str, tuple[int, Mistake]] = {}
        out.mkdir(exist_ok=True)

    def title(self, field: str) -> str:
        return str(self._columns[field]["title"]["ja"])

    def line(self, code: str) -> int:
        """Where this organisation mistyped."""
        return self._mistaken[code][0]

    def send(self, caller: Api, codes: tuple[str, ...], mistake: Mistake | None = None) -> ImportResult:
        """The rows of these organisations, whoever sends them."""
        form = self._form(caller, codes[0])
        for row in reversed(form.rows):
            if form.read(row, "organisation_code") not in codes:
                form.delete(row)
        for code in codes:
            self._fill(form, code)
        if mistake is not None:
            row = self._row(form, mistake.entry)
            form.type(row, {mistake.field: mistake.typed})
            self._mistaken[codes[0]] = int(form.read(row, "line")), mistake
        return self._submit(caller, form, codes[0])

    def mend(self, caller: Api, code: str) -> ImportResult:
        (line, mistake), form = self._mistaken[code], self._form(caller, code)
        row = next(row for row in form.rows if int(form.read(row, "line")) == line)
        form.type(row, {mistake.field: mistake.right})
        return self._submit(caller, form, code)

    def one_more(self, caller: Api, code: str) -> ImportResult:
        """A seat more in the first row of new ones."""
        form = self._form(caller, code)
        row = self._row(form, "new")
        form.type(row, {"seats": int(form.read(row, "seats")) + 1})
        return self._submit(caller, form, code)

    def _form(self, caller: Api, code: str) -> Form:
        if not self._columns:
            kind = caller.get(f"/jet/v1/imports/kinds/{KIND}")
            self._columns = {column["name"]: column for column in kind["columns"]}
        path = caller.download(f"/jet/v1/imports/kinds/{KIND}/template", self._path(code))
        titles = {name: column["title"]["ja"] for name, column in self._columns.items()}
        return Form(path, titles, key="line")

    def _row(self, form: Form, entry: str) -> int:
        return next(row for row in form.rows if form.read(row, "entry") == self._label("entry", entry))

    def _path(self, code: str) -> Path:
        return self._out / f"{KIND}-{code}.xlsx"

    def _submit(self, caller: Api, form: Form, code: str) -> ImportResult:
        return caller.submit("jet", KIND, form.save(self._path(code)))

    def _label(self, field: str, value: str) -> str:
        choices = self._columns[field]["choices"]
        return str(next(one["label"]["ja"] for one in choices if one["value"] == value))

    def _fill(self, form: Form, code: str) -> None:
        """As many new ones are wished as people go, and here and there one more."""
        rows = [row for row in form.rows if form.read(row, "organisation_code") == code]
        wished = self._rng.randrange(2)
        for row in rows:
            served = self._year - int(
                str(form.read(row, "jet_number"))[:4]
            )  # numbers begin with the entry year
            answer = "no" if served >= MOST_YEARS else self._rng.choices(ANSWERS, weights=WEIGHTS)[0]
            wished += answer == "no"
            form.type(row, {"organisation_answer": self._label("organisation_answer", answer)})
            if answer == "yes" and served >= ORDINARY_YEARS:
                form.type(row, {"exceptional": YES})
        lines = [int(form.read(row, "line")) for row in rows]
        form.type(form.next_row, {
            "organisation_code": code,
            "programme_year": self._year,
            "line": max(lines, default=0) + 1,
            "entry": self._label("entry", "new"),
            "job_type": self._label("job_type", "ALT"),
            "arrival_group": self._label("arrival_group", "b"),
            "seats": wished,
            "junior_high": YES,
            "urban_class": self._label("urban_class", "suburban"),
        })  # fmt: skip

"""`kakehashi`: the roster, figures and files of the programme from a command line.

Logs in with KAKEHASHI_URL, KAKEHASHI_CLIENT_ID and KAKEHASHI_CLIENT_SECRET, or, with a client that signs, the
file of its key in KAKEHASHI_CLIENT_KEY.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import httpx
from cyclopts import App, Parameter
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table

from client.api import XLSX, Api, ImportFailed
from client.audit import Checkpoint, Entry, NoCheckpoint, saved, verify
from client.credentials import Secret, SigningKey, load_key
from client.folder import NotLoadable
from client.problem import Problem
from client.telling import load_folder, result_lines

LOGIN = ("KAKEHASHI_URL", "KAKEHASHI_CLIENT_ID", "KAKEHASHI_CLIENT_SECRET")
ACCEPT = {"csv": "text/csv", "xlsx": XLSX, "json": "application/x-ndjson"}
PROBLEMS_SHOWN = 50

FINDINGS_SHOWN = 20

app = App(name="kakehashi", help="名簿・統計・取込の道具 / Roster, figures and files of the programme.")
audit = App(name="audit", help="監査記録が改変されていないか / Whether the audit is as it was sealed.")
app.command(audit)
console = Console(soft_wrap=True, highlight=False)
errors = Console(stderr=True, soft_wrap=True, highlight=False)

Format = Literal["csv", "xlsx", "json"]
Output = Annotated[Path | None, Parameter(["--output", "-o"])]


class NoLogin(Exception):
    """An environment variable is missing."""


def login() -> Api:
    key = os.environ.get("KAKEHASHI_CLIENT_KEY", "")
    missing = [name for name in (LOGIN[:2] if key else LOGIN) if not os.environ.get(name)]
    if missing:
        raise NoLogin(f"環境変数を設定してください / Set in the environment: {', '.join(missing)}")
    url, client_id = (os.environ[name] for name in LOGIN[:2])
    if key:
        return Api(url, SigningKey(client_id, load_key(Path(key))))
    return Api(url, Secret(client_id, os.environ[LOGIN[2]]))


@app.command
def roster(
    *,
    programme_year: int | None = None,
    as_of: date | None = None,
    known_at: date | None = None,
    format: Format = "csv",
    output: Output = None,
) -> int:
    """名簿: 誰がどこで任用されているか / Who serves where.

    Parameters
    ----------
    as_of
        この日に任用中の人だけ / only those serving that day
    known_at
        この日の終わりまでに把握していたこと / as known at the end of that day
    format
        json は1行1件 / json is one record a line
    output
        保存先（なければ標準出力） / where to write, else standard output
    """
    given = {"programme_year": programme_year, "as_of": as_of, "known_at": known_at}
    query = {name: str(value) for name, value in given.items() if value is not None}
    with login() as api:
        answer = api.request("GET", "/jet/v1/roster", query=query, headers={"Accept": ACCEPT[format]})
    if output is None:
        sys.stdout.buffer.write(answer.content)
    else:
        output.write_bytes(answer.content)
    return 0


@app.command
def statistics(
    name: str,
    *,
    dimensions: str = "",
    programme_year: int | None = None,
    as_of: date | None = None,
    known_at: date | None = None,
    top: int | None = None,
) -> int:
    """統計: participants, countries, contracting-organisations / Figures.

    Parameters
    ----------
    dimensions
        区分（コンマ区切り） / e.g. job_type,nationality
    top
        上位（同順位を含む） / the largest, ties included
    """
    given = {
        "dimensions": dimensions or None,
        "programme_year": programme_year,
        "as_of": as_of,
        "known_at": known_at,
        "top": top,
    }
    query = {key: str(value) for key, value in given.items() if value is not None}
    with login() as api:
        answer = api.get(f"/jet/v1/statistics/{name}", query)
    table = Table(title=f"{answer['title']['ja']} / {answer['title']['en']}（{answer['unit']}）")
    names = [key for key in (answer["cells"] or [{}])[0] if key not in ("qualifier", "of_whom", "records")]
    for key in names:
        table.add_column(key, justify="right" if key in ("value", "rank") else "left")
    for cell in answer["cells"]:
        table.add_row(*("" if cell[key] is None else str(cell[key]) for key in names))
    console.print(table)
    for total in answer["totals"]:
        console.print(f"計 {total['value']:,}（{total['kind']}）  {answer['basis']}")
    return 0


@app.command
def submit(
    service: str,
    kind: str,
    file: Path,
    *,
    dry_run: bool = False,
    partial: bool = False,
    marked: Path | None = None,
) -> int:
    """ファイルを送る（1件でも誤りがあれば何も保存しない） / Send a file; one error and nothing is stored.

    Parameters
    ----------
    service
        jet, directory …
    kind
        appointments, participants …
    dry_run
        試すだけ / only try it
    partial
        正しい行だけ保存する / store the good rows
    marked
        印を付けたファイルの保存先 / where to write your own file with the errors marked
    """
    with login() as api, Bar(console=errors, transient=True) as bar:
        task = bar.add_task(kind, total=None)
        result = api.submit(
            service,
            kind,
            file,
            mode="partial" if partial else "atomic",
            dry_run=dry_run,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
        problems = api.get(f"{result.path}/problems", {"limit": PROBLEMS_SHOWN})["items"]
        if marked is not None and problems:
            api.download(f"{result.path}/marked-workbook", marked)
    for line in result_lines(result, problems):
        console.print(line, markup=False)
    return 0 if (result.stored or dry_run) and not result.refused else 1


@app.command
def load(
    folder: Path,
    *,
    service: str | None = None,
    dry_run: bool = False,
    partial: bool = False,
    history: bool = False,
) -> int:
    """フォルダーのファイルを順に送る（続きから、二重にならない） / Send the files of a folder; run again to go on.

    名前は 順番-サービス-種類.csv / Names are order-service-kind.csv, as 010-directory-countries.csv.

    Parameters
    ----------
    service
        このサービスのファイルだけ / only the files of this service
    dry_run
        試すだけ / only try them
    partial
        正しい行だけ保存する / store the good rows
    history
        過去の記録として（いつ知ったかの列がある） / as history, told with the day it was known from
    """
    with login() as api:
        return load_folder(
            api, folder, service=service, dry_run=dry_run, partial=partial, history=history,
            console=console, errors=errors,
        )  # fmt: skip


@app.command
def template(service: str, kind: str, *, output: Output = None) -> int:
    """記入用の様式をダウンロードする / The form to fill in, with the records already known."""
    path = output or Path(f"{kind}.xlsx")
    with login() as api:
        console.print(str(api.download(f"/{service}/v1/imports/kinds/{kind}/template", path)), markup=False)
    return 0


@audit.command
def checkpoint(*, service: str, save: Path) -> int:
    """最新の封印を保存する（外に保管する） / Save the newest checkpoint, to be filed outside.

    Parameters
    ----------
    service
        jet, directory …
    save
        保存先 / where to write it
    """
    with login() as api:
        newest = api.get(f"/{service}/v1/audit-checkpoints", {"sort": "-tree_size", "limit": 1})["items"]
    if not newest:
        raise NoCheckpoint(f"{service} にはまだ封印がありません / {service} has no checkpoint yet")
    one = Checkpoint.read(newest[0]["signed_note"], newest[0]["verifier_key"])
    if not one.signed():
        raise NoCheckpoint("署名が正しくありません / The signature is not that of its key")
    save.write_text(one.file, encoding="utf-8")
    console.print(
        f"{one.origin}: {one.size}件 entries, {one.sealed_at}\n鍵 key {one.fingerprint}", markup=False
    )
    return 0


@audit.command(name="verify")
def verify_(*files: Path) -> int:
    """監査記録を、保管した封印と照らし合わせる / Check the audit against filed checkpoints."""
    filed: dict[str, list[Checkpoint]] = defaultdict(list)
    for file in files:
        one = saved(file.read_text(encoding="utf-8"))
        filed[one.origin.removeprefix("kakehashi/")].append(one)
    if not filed:
        raise NoCheckpoint("保管した封印のファイルを指定してください / Name the files of saved checkpoints")
    with login() as api:
        return max([_verified(api, service, ones) for service, ones in filed.items()])


def _verified(api: Api, service: str, filed: list[Checkpoint]) -> int:
    path = f"/{service}/v1/audit-"
    with Bar(console=errors, transient=True) as bar:
        task = bar.add_task(service, total=max(one.size for one in filed))

        def read() -> Iterator[Entry]:
            for entry in api.lines(f"{path}entries"):
                bar.advance(task)
                yield entry

        def sealed() -> Iterator[Entry]:
            """Asked for when the entries are read."""
            yield from api.lines(f"{path}checkpoints")

        found = list(verify(read(), sealed(), filed))
    for one in found[:FINDINGS_SHOWN]:
        console.print(f"{service} {one}", markup=False)
    if len(found) > FINDINGS_SHOWN:
        console.print(f"… {len(found) - FINDINGS_SHOWN}")
    if not found:
        told = ", ".join(f"{one.size}（{one.sealed_at}）" for one in filed)
        console.print(f"{service}: 保管した封印のとおりです as it was sealed: {told}", markup=False)
    return 1 if found else 0


def run(command: Callable[[], int]) -> int:
    """What goes wrong is told in words, without a traceback."""
    try:
        return command()
    except (Problem, ImportFailed, NoCheckpoint, NoLogin, NotLoadable, httpx.HTTPError, OSError) as error:
        errors.print(str(error) or type(error).__name__, style="red", markup=False)
        return 1


def main() -> None:
    sys.exit(run(lambda: app(result_action="return_value")))


if __name__ == "__main__":
    main()

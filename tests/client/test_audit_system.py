"""The auditor's two commands against the real processes: a saved checkpoint, and what it finds through the API."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg
import pytest

from client import cli
from client.api import Api
from client.credentials import Secret
from client.demo.clients import Wanted, register
from services.kit.auth.keys import load_key
from services.kit.db.session import Database
from services.kit.sealing import Sealer, Signer
from services.system import System

Run = Callable[..., int]


@pytest.fixture(scope="module")
def audited(system: System, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`kakehashi audit …` as an auditor, who signs with a key."""
    folder = tmp_path_factory.mktemp("keys")
    known = json.loads((system.keys / "registrar.json").read_text(encoding="utf-8"))
    with Api(system.url, Secret(known["client_id"], known["client_secret"])) as registrar:
        wanted = Wanted("test-auditor", "監査", "auditor", ("audit:read", "directory:read"), keyed=True)
        described = register(registrar, wanted, folder)

    def run(*words: str) -> int:
        login = {
            "KAKEHASHI_URL": system.url,
            "KAKEHASHI_CLIENT_ID": "test-auditor",
            "KAKEHASHI_CLIENT_KEY": described["key_file"],
        }
        with patch.dict(os.environ, login):
            result: Any = cli.run(lambda: cli.app(["audit", *words], result_action="return_value"))
        return int(result)

    return run


def seal(system: System) -> None:
    """What the worker does once a minute, now."""

    async def play() -> None:
        database = Database(
            system.database_as("registry_app"),
            read=1,
            write=1,
            export=1,
            statement_seconds=30,
            export_seconds=30,
        )
        key = load_key(system.keys / "audit.jwk", "Ed25519", private=True)
        sealer = Sealer(database, "identity", Signer("directory", key))
        while await sealer.seal():
            pass
        await database.close()

    asyncio.run(play())


def sql(system: System, statement: str) -> Any:
    async def play() -> Any:
        connection = await asyncpg.connect(system.database)
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    return asyncio.run(play())


def test_a_saved_checkpoint_finds_what_was_changed_since(
    audited: Run, system: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "filed.txt"
    seal(system)
    assert audited("checkpoint", "--service", "directory", "--save", str(file)) == 0
    assert file.read_text(encoding="utf-8").splitlines()[2] == "kakehashi/directory"
    assert audited("verify", str(file)) == 0
    assert "as it was sealed" in capsys.readouterr().out
    entry = "(SELECT entry_id FROM identity.audit_leaf WHERE position = 0)"
    for change, back, said in (
        (f"UPDATE identity.audit_entry SET client = client || 'x' WHERE id = {entry}",
         f"UPDATE identity.audit_entry SET client = left(client, -1) WHERE id = {entry}", "This entry is not what was sealed"),
        ("UPDATE identity.audit_leaf SET position = 1000000 WHERE position = 0",
         "UPDATE identity.audit_leaf SET position = 0 WHERE position = 1000000", "missing or out of its place"),
        ("UPDATE identity.audit_checkpoint SET root_hash = sha256(root_hash)",
         "UPDATE identity.audit_checkpoint SET root_hash = decode(split_part(signed_note, E'\\n', 3), 'base64')",
         "not what was signed"),
    ):  # fmt: skip
        sql(system, change)
        try:
            assert audited("verify", str(file)) == 1
            assert said in capsys.readouterr().out
        finally:
            sql(system, back)
    seal(system)
    assert audited("verify", str(file)) == 0, capsys.readouterr().out


def test_a_file_that_was_meddled_with_is_told(
    audited: Run, system: System, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "filed.txt"
    seal(system)
    audited("checkpoint", "--service", "directory", "--save", str(file))
    lines = file.read_text(encoding="utf-8").split("\n")
    file.write_text("\n".join([*lines[:3], str(int(lines[3]) + 1), *lines[4:]]), encoding="utf-8")
    assert audited("verify", str(file)) == 1
    assert "not signed by its key" in capsys.readouterr().out
    file.write_text("a shopping list", encoding="utf-8")
    assert audited("verify", str(file)) == 1
    assert "Not a signed checkpoint" in capsys.readouterr().err


def test_before_the_first_seal_there_is_nothing_to_save(
    audited: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audited("checkpoint", "--service", "grants", "--save", str(tmp_path / "none.txt")) == 1
    assert "no checkpoint yet" in capsys.readouterr().err
    assert not (tmp_path / "none.txt").exists()

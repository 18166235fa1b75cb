"""The peer of `bench/read.py`: bare ASGI and asyncpg, the same statement in the same scoped read-only
transaction, and nothing else: no token, no limits, no ids, no ETag, no cursor."""

import json
import os
from typing import Any

import asyncpg
import pydantic_core

from services.kit.db.session import _Connection

STATEMENTS: dict[str, dict[str, Any]] = json.loads(os.environ.get("BENCH_STATEMENTS", "{}"))
BEGIN = "BEGIN READ ONLY; SELECT set_config('kk.caller', '{caller}', true)"


def create_app() -> Any:
    pool: asyncpg.Pool | None = None

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal pool
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                if message["type"] == "lifespan.startup":
                    pool = await asyncpg.create_pool(
                        os.environ["DATABASE_URL"], min_size=8, max_size=8, connection_class=_Connection,
                        server_settings={"jit": "off", "plan_cache_mode": "force_generic_plan"},
                    )  # fmt: skip
                elif message["type"] == "lifespan.shutdown" and pool is not None:
                    await pool.close()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        assert pool is not None
        asked = STATEMENTS[scope["path"]]
        async with pool.acquire() as connection:
            await connection.execute(BEGIN.format(caller=asked["caller"]))
            found = await connection.fetch(asked["sql"], *asked["values"])
            await connection.execute("COMMIT")
        rows = [{name: row[name] for name in asked["names"]} for row in found]
        body = pydantic_core.to_json(rows[0] if asked["single"] else {"items": rows, "next": None})
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app

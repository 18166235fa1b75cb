"""Tamperings of an audit trail as SQL of a superuser whom no constraint, trigger or wall stops."""

import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import rfc8785

from client.audit import FIELDS
from services.kit.sealing import Leaves, Signer
from tests.kit.trail import SCHEMA, read

ENTRY, LEAF, CHECKPOINT = (f"{SCHEMA}.audit_{name}" for name in ("entry", "leaf", "checkpoint"))
FREE = f"""
SET LOCAL session_replication_role = replica;
ALTER TABLE {LEAF} DROP CONSTRAINT audit_leaf_pkey, DROP CONSTRAINT audit_leaf_entry_id_key, ALTER hash DROP NOT NULL;
ALTER TABLE {CHECKPOINT} DROP CONSTRAINT audit_checkpoint_pkey;
ALTER TABLE {ENTRY} DROP CONSTRAINT audit_entry_pkey CASCADE;
"""
# what each column is turned into: always another value
TURNED = {
    "id": "uuidv7()", "at": "at - make_interval(secs => {n})", "xid": "(xid::text::bigint - {n})::text::xid8",
    "client": "client || 'x'", "person_id": "uuidv7()", "role": "'registrar{n}'", "organisation_id": "uuidv7()",
    "request_id": "'other-{n}'", "action": "'changed'", "resource": "resource || 's'", "resource_id": "uuidv7()",
    "from_state": "coalesce(from_state, '') || 'x'", "to_state": "coalesce(to_state, '') || 'x'",
    "before": """coalesce(before, '{{}}') || '{{"fee": {n}}}'""", "after": """coalesce(after, '{{}}') || '{{"fee": {n}.5}}'""",
    "subjects": "coalesce(subjects, '{{}}') || uuidv7()",
}  # fmt: skip
SEALED = {
    "tree_size": "tree_size + {n}", "root_hash": "sha256(root_hash)", "sealed_at": "sealed_at - make_interval(secs => {n})",
    "signed_note": "overlay(signed_note placing CASE substr(signed_note, 1 + {n}, 1) WHEN 'x' THEN 'y' ELSE 'x' END from 1 + {n})",
    "verifier_key": "verifier_key || 'A'",
}  # fmt: skip

EMPTIED = ("resource_id", "from_state", "before", "after", "subjects")

Tampering = Callable[["Tamperer"], Awaitable[None]]


class Tamperer:
    """`size` leaves are sealed; `signer` is the real one: the key has been stolen too."""

    def __init__(self, connection: Any, chance: random.Random, size: int, signer: Signer) -> None:
        self.connection, self.chance, self.size, self.signer = connection, chance, size, signer

    @property
    def n(self) -> int:
        return self.chance.randrange(1, 40)

    async def run(self, statement: str) -> None:
        await self.connection.execute(statement)

    def place(self) -> int:
        return self.chance.randrange(self.size)

    @staticmethod
    def at(position: int) -> str:
        return f"id = (SELECT entry_id FROM {LEAF} WHERE position = {position})"

    async def edit(self) -> None:
        column = self.chance.choice(list(TURNED))
        await self.run(
            f"UPDATE {ENTRY} SET {column} = {TURNED[column].format(n=self.n)} WHERE {self.at(self.place())}"
        )

    async def empty(self) -> None:
        """A value taken away, where there is one."""
        position = self.place()
        row = await self.connection.fetchrow(f"SELECT * FROM {ENTRY} WHERE {self.at(position)}")
        names = [name for name in EMPTIED if row[name] is not None]
        column = self.chance.choice(names)
        await self.run(f"UPDATE {ENTRY} SET {column} = NULL WHERE {self.at(position)}")

    async def touch_leaf(self) -> None:
        turned = self.chance.choice(
            (
                "hash = sha256(hash)",
                "hash = NULL",
                "entry_id = uuidv7()",
                f"position = position + {self.size}",
            )
        )
        await self.run(f"UPDATE {LEAF} SET {turned} WHERE position = {self.place()}")

    async def touch_checkpoint(self) -> None:
        column = self.chance.choice(list(SEALED))
        which = f"(SELECT tree_size FROM {CHECKPOINT} ORDER BY random() LIMIT 1)"
        said = SEALED[column].format(n=self.n)
        await self.run(f"UPDATE {CHECKPOINT} SET {column} = {said} WHERE tree_size = {which}")

    async def delete(self) -> None:
        position = self.place()
        entry, leaf = (
            f"DELETE FROM {ENTRY} WHERE {self.at(position)}",
            f"DELETE FROM {LEAF} WHERE position = {position}",
        )
        checkpoint = f"DELETE FROM {CHECKPOINT} WHERE tree_size = (SELECT tree_size FROM {CHECKPOINT} ORDER BY random() LIMIT 1)"
        close = f"UPDATE {LEAF} SET position = position - 1 WHERE position > {position}"
        await self.run(
            self.chance.choice((entry, leaf, f"{entry}; {leaf}", f"{entry}; {leaf}; {close}", checkpoint))
        )

    async def insert(self) -> None:
        """Among the others; or left unsealed, and as if it were old."""
        position, made = self.place(), uuid4()
        copied = ", ".join(name for name in TURNED if name != "id")
        entry = f"INSERT INTO {ENTRY} (id, {copied}) SELECT '{made}', {copied} FROM {ENTRY} WHERE {self.at(position)}"
        older = f"UPDATE {ENTRY} SET xid = (xid::text::bigint - 1)::text::xid8 WHERE id = '{made}'"
        shift = f"UPDATE {LEAF} SET position = position + 1 WHERE position >= {position}"
        leaf = f"INSERT INTO {LEAF} VALUES ({position}, '{made}', sha256('x'))"
        await self.run(
            self.chance.choice((f"{entry}; {older}", f"{entry}; {shift}; {leaf}", f"{entry}; {leaf}"))
        )

    async def reorder(self) -> None:
        one, other = self.chance.sample(range(self.size), 2)
        what = self.chance.choice(("position", "entry_id"))
        swapped = f"SELECT {what} FROM {LEAF} WHERE position"
        await self.run(
            f"UPDATE {LEAF} SET {what} = CASE position WHEN {one} THEN ({swapped} = {other}) ELSE ({swapped} = {one}) END "
            f"WHERE position IN ({one}, {other})"
        )

    async def cut(self) -> None:
        """The tail, with all that tells of it; down to a checkpoint, so that what is left looks whole."""
        sizes = [
            row[0] for row in await self.connection.fetch(f"SELECT tree_size FROM {CHECKPOINT} ORDER BY 1")
        ]
        kept = self.chance.choice([0, *sizes[:-1], self.place()])
        await self.run(
            f"DELETE FROM {ENTRY} WHERE id IN (SELECT entry_id FROM {LEAF} WHERE position >= {kept}); "
            f"DELETE FROM {LEAF} WHERE position >= {kept}; DELETE FROM {CHECKPOINT} WHERE tree_size > {kept}"
        )

    async def rewrite(self) -> None:
        """History told anew: changed, then every leaf, root and signature made again with the stolen key."""
        await self.chance.choice((self.edit_content, self.drop, self.reorder_entries, self.cut))()
        entries, _ = await read(self.connection)
        sealed = [one for one in entries if one["leaf"] is not None]
        tree, old = Leaves(), await self.connection.fetch(f"SELECT * FROM {CHECKPOINT} ORDER BY tree_size")
        for entry in sealed:
            tree.append_entry(rfc8785.dumps({name: entry[name] for name in FIELDS}))
        await self.connection.execute(f"DELETE FROM {LEAF}; DELETE FROM {CHECKPOINT}")
        await self.connection.executemany(
            f"INSERT INTO {LEAF} VALUES ($1, $2, $3)",
            [(place, UUID(entry["id"]), tree.get_leaf(place + 1)) for place, entry in enumerate(sealed)],
        )
        sizes = sorted({min(row["tree_size"], len(sealed)) for row in old} - {0})
        if sizes:
            sizes[-1] = len(sealed)
        previous = 0
        for size, row in zip(sizes, old, strict=False):
            root = tree.get_root(size)
            moment = row["sealed_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            note = self.signer.note(size, root, moment, previous)
            await self.connection.execute(
                f"INSERT INTO {CHECKPOINT} VALUES ($1, $2, $3, $4, $5)",
                size,
                root,
                row["sealed_at"],
                note,
                self.signer.verifier_key,
            )
            previous = size

    async def edit_content(self) -> None:
        column = self.chance.choice([name for name in TURNED if name not in ("xid", "id")])
        await self.run(
            f"UPDATE {ENTRY} SET {column} = {TURNED[column].format(n=self.n)} WHERE {self.at(self.place())}"
        )

    async def drop(self) -> None:
        position = self.place()
        await self.run(
            f"DELETE FROM {ENTRY} WHERE {self.at(position)}; DELETE FROM {LEAF} WHERE position = {position}; "
            f"UPDATE {LEAF} SET position = position - 1 WHERE position > {position}"
        )

    async def reorder_entries(self) -> None:
        await self.reorder()


KINDS: tuple[Tampering, ...] = (
    Tamperer.edit, Tamperer.empty, Tamperer.touch_leaf, Tamperer.touch_checkpoint, Tamperer.delete, Tamperer.insert,
    Tamperer.reorder, Tamperer.cut, Tamperer.rewrite,
)  # fmt: skip

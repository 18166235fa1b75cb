"""Which row of a file first named a record, on disk: a file may have very many rows."""

import hashlib
import sqlite3
from collections.abc import Sequence


class Seen:
    def __init__(self) -> None:
        # the empty name is a database of its own that spills to disk and goes with its connection
        self._table = sqlite3.connect("")
        self._table.execute("CREATE TABLE seen (record INTEGER PRIMARY KEY, row INTEGER)")

    def first(self, key: Sequence[object], row: int) -> int:
        """The first row that named this record: the given one, if none did before."""
        named = "\0".join(map(str, key)).encode()
        digest = hashlib.blake2b(named, digest_size=8).digest()
        record = int.from_bytes(digest, "big", signed=True)
        if self._table.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (record, row)).rowcount:
            return row
        found: int = self._table.execute("SELECT row FROM seen WHERE record = ?", (record,)).fetchone()[0]
        return found

    def close(self) -> None:
        self._table.close()

"""Which row of a file first named a record, on disk: a file may have very many rows."""

import json
import sqlite3
from collections.abc import Sequence


class Seen:
    def __init__(self) -> None:
        # the empty name is a database of its own that spills to disk and goes with its connection
        self._table = sqlite3.connect("")
        self._table.execute("CREATE TABLE seen (record INTEGER PRIMARY KEY, row INTEGER)")

    def first(self, named: Sequence[tuple[Sequence[object], int]]) -> list[int]:
        """Of each (key, row) the first row that named this record: its own, if none did before."""
        records = [(hash(tuple(key)), row) for key, row in named]
        made = self._table.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", records)
        if made.rowcount == len(records):
            return [row for _, row in named]
        asked = json.dumps([record for record, _ in records])
        found = dict(self._table.execute(
            "SELECT record, row FROM seen WHERE record IN (SELECT value FROM json_each(?))", (asked,)
        ))  # fmt: skip
        return [found[record] for record, _ in records]

    def close(self) -> None:
        self._table.close()

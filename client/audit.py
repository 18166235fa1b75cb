"""Checking the audit of a service against checkpoints that were filed outside: every leaf and every root is
computed again from what the public API hands out. Nothing is believed but the filed checkpoint and its key.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import rfc8785
from joserfc.jwk import OKPKey
from pymerkle import BaseMerkleTree

# What a leaf is made of, in RFC 8785's form.
FIELDS = (
    "id", "at", "audit_transaction", "client", "person_id", "role", "organisation_id", "request_id", "action",
    "resource", "resource_id", "from_state", "to_state", "before", "after", "subjects",
)  # fmt: skip
HASH_BYTES = 32
_ED25519 = b"\x01"

Entry = Mapping[str, Any]


class Finding(NamedTuple):
    """What is wrong, and where: a position in the tree, or None for all of it."""

    position: int | None
    ja: str
    en: str

    def __str__(self) -> str:
        place = "" if self.position is None else f"{self.position}: "
        return f"{place}{self.ja} / {self.en}"


class NoCheckpoint(Exception):
    """The file holds no signed checkpoint with its key; or the service has none yet."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed note as C2SP has it, with the key that it is said to be signed by."""

    origin: str
    size: int
    root: bytes
    sealed_at: str
    previous: int
    note: str
    key: str

    @classmethod
    def read(cls, note: str, key: str) -> "Checkpoint":
        try:
            origin, size, root, sealed_at, previous = note.split("\n\n")[0].split("\n")
            return cls(
                origin, int(size), base64.b64decode(root, validate=True), sealed_at, int(previous), note, key
            )  # fmt: skip
        except ValueError as error:
            raise NoCheckpoint("封印を読めません / Not a signed checkpoint") from error

    @property
    def file(self) -> str:
        """As it is saved: the key on the first line, an empty one, and the note."""
        return f"{self.key}\n\n{self.note}"

    @property
    def fingerprint(self) -> str:
        return self.key.split("+", 2)[1]

    def signed(self) -> bool:
        """Whether the key beside it signed it, in the name of its origin."""
        try:
            name, identity, encoded = self.key.split("+", 2)
            public = base64.b64decode(encoded, validate=True)
            said, line = self.note.split("\n\n")
            _, signer, signature = line.removesuffix("\n").split(" ")
            raw = base64.b64decode(signature, validate=True)
            said_id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
            if not (name == signer == self.origin and said_id == bytes.fromhex(identity) == raw[:4]):
                return False
            _verifier(public).verify(raw[4:], f"{said}\n".encode())
        except Exception:  # whatever is wrong with it: it is no signature of this key
            return False
        return True


def _verifier(public: bytes) -> Any:
    if public[:1] != _ED25519:
        raise ValueError("not an Ed25519 key")
    x = base64.urlsafe_b64encode(public[1:]).decode().rstrip("=")
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x}).get_op_key("verify")


def saved(text: str) -> Checkpoint:
    """What `Checkpoint.file` wrote."""
    key, _, note = text.partition("\n\n")
    return Checkpoint.read(note, key)


class Tree(BaseMerkleTree):  # type: ignore[misc]
    """pymerkle's tree, of which only the hashes are kept: 32 bytes an entry."""

    def __init__(self) -> None:
        super().__init__("sha256")
        self._hashes = bytearray()

    def _encode_entry(self, data: bytes) -> bytes:
        return data

    def _store_leaf(self, data: bytes, digest: bytes) -> int:
        self._hashes += digest
        return self._get_size()

    def _get_leaf(self, index: int) -> bytes:
        return bytes(self._hashes[(index - 1) * HASH_BYTES : index * HASH_BYTES])

    def _get_leaves(self, offset: int, width: int) -> list[bytes]:
        return [self._get_leaf(index + 1) for index in range(offset, offset + width)]

    def _get_size(self) -> int:
        return len(self._hashes) // HASH_BYTES


def leaf(entry: Entry) -> bytes:
    return rfc8785.dumps({name: entry[name] for name in FIELDS})


def verify(
    entries: Iterable[Entry], sealed: Iterable[Mapping[str, Any]], filed: Sequence[Checkpoint]
) -> Iterator[Finding]:
    """Everything that is wrong.

    `entries` are all of the service's in the order of their leaves, `sealed` its checkpoints, read after them, in
    the order of their sizes; `filed` the trusted ones.
    """
    tree = Tree()
    yield from _grown(tree, entries)
    held = tree.get_size()
    for one in filed:
        if not one.signed():
            yield Finding(
                None,
                f"保管した封印（{one.size}件）の署名が正しくありません",
                "The filed checkpoint is not signed by its key",
            )
        yield from _rooted(tree, one, "保管した封印", "the filed checkpoint")
    sizes: list[int] = []
    sound = 0
    for stored in sealed:
        yield from _stored(tree, stored, {one.key for one in filed}, sound)
        sound = int(stored["tree_size"])
        if sound <= held:  # later ones were sealed while the entries were read
            sizes.append(sound)
    if max(sizes, default=0) != held:
        yield Finding(
            max(sizes, default=0),
            "ここから先の記録を封印がふくんでいません",
            "No checkpoint covers the entries from here on",
        )
    for one in filed:
        if one.size not in sizes:
            yield Finding(
                None,
                f"保管した封印（{one.size}件）がサービスにありません",
                "The service no longer has the filed checkpoint",
            )


def _grown(tree: Tree, entries: Iterable[Entry]) -> Iterator[Finding]:
    """Plant the leaves; what is wrong in an entry or between two."""
    last = (0, "")
    waiting = False
    for entry in entries:
        place, position = (int(entry["audit_transaction"]), str(entry["id"])), entry["leaf"]
        if position is None:
            waiting = True
            if place < last:
                yield Finding(
                    None,
                    f"封印されないままの記録 {entry['id']}",
                    "This entry should have been sealed before others were",
                )
            continue
        if waiting or position != tree.get_size():
            yield Finding(
                tree.get_size(),
                f"位置が続いていません（次は{position}）",
                f"An entry is missing or out of its place; the next is at {position}",
            )
        tree.append_entry(leaf(entry))
        last = place
        if entry["leaf_hash"] != base64.b64encode(tree.get_leaf(tree.get_size())).decode():
            yield Finding(
                position, f"記録 {entry['id']} が封印のときと違います", "This entry is not what was sealed"
            )


def _rooted(tree: Tree, one: Checkpoint, ja: str, en: str) -> Iterator[Finding]:
    if one.size > tree.get_size():
        yield Finding(
            tree.get_size(),
            f"{ja}は{one.size}件、いまは{tree.get_size()}件です",
            f"{en} has {one.size} entries; the end was cut off",
        )
    elif tree.get_root(one.size) != one.root:
        yield Finding(
            None, f"最初の{one.size}件が{ja}と違います", f"The first {one.size} entries are not those of {en}"
        )


def _stored(tree: Tree, stored: Mapping[str, Any], keys: set[str], sound: int) -> Iterator[Finding]:
    """A checkpoint as the service has it, after one over `sound` entries. Its size, root and time stand in the signed
    note too."""
    try:
        one = Checkpoint.read(stored["signed_note"], stored["verifier_key"])
        same = (one.size, base64.b64encode(one.root).decode(), one.sealed_at) == (
            stored["tree_size"], stored["root_hash"], stored["sealed_at"],
        )  # fmt: skip
    except (NoCheckpoint, binascii.Error):
        same = False
    if not same or not one.signed():
        yield Finding(
            stored["tree_size"],
            "この封印の内容か署名が正しくありません",
            "This checkpoint is not what was signed",
        )
        return
    if one.previous != sound:
        yield Finding(
            one.size,
            f"{one.previous}件の封印がありません",
            f"The checkpoint before this one was over {one.previous} entries and is gone",
        )
    if keys and one.key not in keys:
        yield Finding(
            one.size, "この封印は別の鍵で署名されています", "This checkpoint is signed by another key"
        )
    if one.size <= tree.get_size() and tree.get_root(one.size) != one.root:
        yield Finding(
            one.size,
            f"{sound}件目からここまでの記録が変わっています",
            f"Entries between {sound} and here have changed",
        )

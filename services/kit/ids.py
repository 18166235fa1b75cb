"""Identifiers: time-ordered (RFC 9562, version 7), and distinct types for those that rules compare."""

import os
import time
from typing import NewType
from uuid import UUID

_VERSION = 0x7 << 76 | 0x2 << 62
_CHANCE = (1 << 80) - 1 & ~(0xF << 76 | 0x3 << 62)

PersonId = NewType("PersonId", UUID)
OrganisationId = NewType("OrganisationId", UUID)


def uuid7() -> UUID:
    chance = int.from_bytes(os.urandom(10)) & _CHANCE
    return UUID(int=time.time_ns() // 1_000_000 << 80 | chance | _VERSION)

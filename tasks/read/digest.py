"""Rejects of the reading stage, with the digest of the bytes they are about."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from tasks.records import Reason, Reject

_CHUNK = 2**20


def rejected(uri: str, reason: Reason, detail: str, raw: bytes = b"") -> Reject:
    """A reject of the reading stage for bytes at hand."""
    digest = hashlib.sha256(raw).hexdigest() if raw else ""
    return Reject(uri, "read", reason, detail, digest, len(raw))


def digest_of(stream: BinaryIO, first: bytes = b"") -> tuple[str, int]:
    """SHA-256 (hex) and size in bytes of `first` and what is left of a stream, a chunk at a time."""
    digest, size = hashlib.sha256(first), len(first)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size

"""A file's fingerprint: cheap for any size, different after any ordinary change."""

import hashlib
from pathlib import Path

EDGE = 1 << 20


def fingerprint(path: Path) -> dict[str, str | int]:
    """Return size, time of the last change, and a hash of the first and last MiB of a file."""
    state = path.stat()
    with path.open("rb") as stream:
        head = stream.read(EDGE)
        stream.seek(max(0, state.st_size - EDGE))
        tail = stream.read(EDGE)
    return {
        "name": path.name,
        "size": state.st_size,
        "changed": state.st_mtime_ns,
        "edges": hashlib.blake2b(head + b"\0" + tail, digest_size=16).hexdigest(),
    }

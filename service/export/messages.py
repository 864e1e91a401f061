"""An export as webhooks: its rows in chunks with ids of their own, then one that says done."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from service.delivery.splitting import byte_length
from service.export.manifest import Manifest
from service.export.rows import Row
from service.files.cells import plain

ROOM = 600
"""Bytes for what stands around the rows of a chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One message: its number, its id, which is the same at every try, and its body."""

    number: int
    message_id: str
    body: str


def chunks(rows: Iterable[Row], manifest: Manifest, stamp: str, most_bytes: int) -> Iterator[Chunk]:
    """Yield the messages of an export: `customers.export.rows`, then `customers.export.done`.

    Parameters
    ----------
    stamp
        The moment that the scores are as of, in ISO 8601: `timestamp` of every message.
    most_bytes
        Largest body; a row that alone is larger goes alone.
    """
    number, first, held, size = 0, 0, list[str](), 0
    for at, row in enumerate(rows):
        text = json.dumps(plain(row), ensure_ascii=False, separators=(",", ":"))
        length = byte_length(text.encode("utf-8", "replace").decode()) + 1
        if held and size + length > most_bytes - ROOM:
            yield _rows(manifest, stamp, number, first, held)
            number, first, held, size = number + 1, at, [], 0
        held.append(text)
        size += length
    if held:
        yield _rows(manifest, stamp, number, first, held)
        number += 1
    yield _done(manifest, stamp, number)


def _rows(manifest: Manifest, stamp: str, number: int, first: int, held: list[str]) -> Chunk:
    head = {
        "export_id": manifest.export_id,
        "mode": manifest.mode,
        "as_of": manifest.as_of,
        "previous_as_of": manifest.previous_as_of,
        "chunk": number,
        "first_row": first,
    }
    data = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    body = f'{data[:-1]},"rows":[{",".join(held)}]}}'
    return _chunk(manifest, number, f"{number:06d}", "customers.export.rows", stamp, body)


def _done(manifest: Manifest, stamp: str, number: int) -> Chunk:
    names = ("export_id", "mode", "as_of", "previous_as_of", "policy_version", "customers")
    data = {name: getattr(manifest, name) for name in names}
    data |= {"row_count": manifest.rows, "chunks": number, "changes": dict(manifest.changes)}
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _chunk(manifest, number, "done", "customers.export.done", stamp, body)


def _chunk(manifest: Manifest, number: int, name: str, kind: str, stamp: str, data: str) -> Chunk:
    body = f'{{"type":"{kind}","timestamp":"{stamp}","data":{data}}}'
    clean = body.encode("utf-8", "replace").decode()
    return Chunk(number, f"exp_{manifest.export_id}_{name}", clean)

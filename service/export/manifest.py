"""The manifest beside an export: by it a receiver knows that everything has arrived, and once.

No time of writing stands in it: the same export has the same manifest, byte for byte.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from service.export.rows import Export, Row
from service.files.cells import json_line
from service.files.replacing import digest_of, write_text
from service.files.write import output_format

VERSION = 1
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds.

    `export_id` names the content: mode, days and every row, whatever the format. `sha256` and
    `bytes` are of the file; `changes` counts the rows by change.
    """

    manifest_version: int
    export_id: str
    file: str
    format: str
    mode: str
    as_of: str
    previous_as_of: str
    policy_version: str
    customers: int
    rows: int
    columns: list[str]
    changes: Mapping[str, int]
    bytes: int
    sha256: str


@dataclass(slots=True)
class Count:
    """Counts rows on their way into a file, and hashes them as JSON lines."""

    rows: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows unchanged."""
        for row in rows:
            self.rows += 1
            told = row.get("changes")
            self.changes.update(told if isinstance(told, list) else [])
            self.digest.update(json_line(row))
            yield row


def manifest_path(output: Path) -> Path:
    """Return where the manifest of a file is: `OUT.manifest.json`."""
    return output.with_name(output.name + ".manifest.json")


def manifest_of(export: Export, count: Count, output: Path) -> Manifest:
    """Return the manifest of an export that was written.

    Raises
    ------
    OSError
        The file cannot be read back.
    """
    named = "\0".join((export.mode, export.as_of, export.previous_as_of, count.digest.hexdigest()))
    return Manifest(
        VERSION,
        hashlib.sha256(named.encode()).hexdigest()[:32],
        output.name,
        output_format(output).value,
        export.mode,
        export.as_of,
        export.previous_as_of,
        export.policy_version,
        export.customers,
        count.rows,
        list(export.kinds),
        dict(sorted(count.changes.items())),
        output.stat().st_size,
        digest_of(output),
    )


def write_manifest(manifest: Manifest, output: Path) -> Path:
    """Write the manifest beside its file and return its place.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    place = manifest_path(output)
    write_text(place, json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n")
    return place

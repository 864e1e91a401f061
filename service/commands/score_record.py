"""The run record of `tingyin score`: what went in, what became of it, what came out.

It names no time of the clock and no duration, so that equal inputs give an equal record.
"""

import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from service.commands.score_source import Source
from service.commands.score_summary import Summary
from service.files import Reject
from service.files.replacing import digest_of, write_text
from service.installed import own_version

if TYPE_CHECKING:
    from tiering import ScorePieces

PACKAGES = {"pandas": "pandas", "polars": "polars", "duckdb": "duckdb", "spark": "pyspark"}
BENEATH = ("narwhals", "numpy", "pyarrow")


def record_path(output: Path) -> Path:
    """Return where the record of an output is: `OUT.run.json`."""
    return output.with_name(f"{output.name}.run.json")


def record_of(
    run: "ScorePieces",
    engine: str,
    sources: Mapping[str, Source],
    unread: Sequence[Reject],
    summary: Summary,
) -> dict[str, object]:
    """Return the record of a run, but its outputs.

    For each table `rows` = `used` + `later` + `superseded` + all of `refused`; a place where no row
    could be read is a row refused as `unreadable`.
    """
    broken = Counter(reject.file for reject in unread)
    return {
        "tingyin": own_version(),
        "python": platform.python_version(),
        "engine": {"name": engine, "version": version(PACKAGES[engine])},
        "packages": {name: version(name) for name in BENEATH},
        "as_of": run.as_of,
        "policy": run.policy_version,
        "inputs": {
            name: _identity(source) | _fate(run, name, broken[source.name])
            for name, source in sources.items()
        },
        "customers": run.customers,
        "population": asdict(run.population),
        "merged_ids": run.merged,
        "network": _network(run),
        "tiers": dict(sorted(summary.tiers.items())),
        "care": summary.unhappy,
        "unattributed_signals": run.unattributed,
    }


def write_record(output: Path, record: Mapping[str, object], written: Mapping[str, Path]) -> None:
    """Write the record beside the output, with the name, size and hash of each file written.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    outputs = {name: _identity(path) for name, path in written.items()}
    text = json.dumps({**record, "outputs": outputs}, ensure_ascii=False, indent=2)
    write_text(record_path(output), text + "\n")


def _identity(source: Source) -> dict[str, object]:
    """Return name, bytes and SHA-256 of a file; the name alone of a table of a database."""
    if not isinstance(source, Path):
        return {"name": source.name}
    return {
        "name": source.name,
        "bytes": source.stat().st_size,
        "sha256": digest_of(source),
    }


def _network(run: "ScorePieces") -> dict[str, int] | None:
    """Return what the edges hold; their loops were refused, and stand among the rows of edges."""
    counts = None if run.network is None else asdict(run.network)
    return counts and {name: number for name, number in counts.items() if name != "loops"}


def _fate(run: "ScorePieces", name: str, unreadable: int) -> dict[str, object]:
    counts = run.rows[name]
    refused = dict(counts.refused) | ({"unreadable": unreadable} if unreadable else {})
    return {
        "rows": counts.rows + unreadable,
        "used": counts.used,
        "later": counts.later,
        "superseded": counts.superseded,
        "refused": refused,
    }

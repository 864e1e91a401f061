"""The rejects of a command, in a file beside its output."""

from collections.abc import Sequence
from pathlib import Path

from service.files import Reject, write_rejects


def rejects_path(output: Path) -> Path:
    """Return where the rejects of an output are: `OUT.rejects.jsonl`."""
    return output.with_name(f"{output.name}.rejects.jsonl")


def keep_rejects(output: Path, rejects: Sequence[Reject]) -> None:
    """Write the rejects beside an output; without any, those of an earlier run go.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    place = rejects_path(output)
    if rejects:
        write_rejects(place, rejects)
    else:
        place.unlink(missing_ok=True)

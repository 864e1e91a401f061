"""The rejects of a command, in a file beside its output."""

from collections.abc import Sequence
from pathlib import Path

from service.files import Reject, write_rejects
from service.files.rejects import rejects_path


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

"""What a run leaves: its table, and beside it the rejects and whatever else it found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from service.files import Reject, write_rejects
from service.files.rejects import rejects_path

NOTHING: Mapping[Path, object] = MappingProxyType({})


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


def keep_run(
    output: Path,
    frame: object,
    rejects: Sequence[Reject],
    also: Mapping[Path, object] = NOTHING,
) -> None:
    """Write what a run gave: the rejects, the frames that go beside, and last the frame itself.

    Parameters
    ----------
    frame
        A native frame of any engine, or an Arrow table.
    also
        Further frames, each by its file.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    from service.commands.score_output import write_table

    keep_rejects(output, rejects)
    for place, other in also.items():
        write_table(place, other)
    write_table(output, frame)

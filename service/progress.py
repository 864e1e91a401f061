"""How far a long run is: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from nlp.message import Language, Message

FIRST_LINE_S, LINE_EVERY_S = 5.0, 30.0

Progress = TypeVar("Progress")
Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a run is done, in units of its own, of how much (0: unknown), and its line."""

    done: int
    whole: int
    line: Message


Describe = Callable[[Progress, float], Extent]
"""What there is to show of a report, given the seconds since the first one."""


@contextmanager
def shown_progress(language: Language, describe: Describe[Progress]) -> Iterator[Report[Progress]]:
    """Give the function that shows progress on stderr while the block runs."""
    if not sys.stderr.isatty():
        yield _Lines(language, describe, time.monotonic)
        return
    with _bar(language, describe) as report:
        yield report


class _Lines(Generic[Progress]):
    """A line after five seconds, then every thirty: quiet enough for a log."""

    def __init__(
        self, language: Language, describe: Describe[Progress], clock: Callable[[], float]
    ) -> None:
        self._language, self._describe, self._clock = language, describe, clock
        self._started: float | None = None
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        if self._started is None:
            self._started, self._next = now, now + FIRST_LINE_S
        if now < self._next:
            return
        self._next = now + LINE_EVERY_S
        line = self._describe(progress, now - self._started).line
        sys.stderr.write(f"tingyin: {line.text(self._language)}\n")
        sys.stderr.flush()


@contextmanager
def _bar(language: Language, describe: Describe[Progress]) -> Iterator[Report[Progress]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), TextColumn("{task.description}"))
    clocks = (TimeElapsedColumn(), TimeRemainingColumn())
    with Bar(*columns, *clocks, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        started: float | None = None

        def report(progress: Progress) -> None:
            nonlocal started
            started = started or time.monotonic()
            extent = describe(progress, time.monotonic() - started)
            line = extent.line.text(language)
            bar.update(task, total=extent.whole or None, completed=extent.done, description=line)

        yield report

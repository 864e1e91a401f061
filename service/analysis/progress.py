"""How far a long run is: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nlp.message import Language, Message
from service.analysis.parts import Progress

FIRST_LINE_S, LINE_EVERY_S = 5.0, 30.0

Report = Callable[[Progress], None]


@contextmanager
def shown_progress(language: Language) -> Iterator[Report]:
    """Give the function that shows progress on stderr while the block runs."""
    if not sys.stderr.isatty():
        yield _Lines(language, time.monotonic)
        return
    with _bar(language) as report:
        yield report


class _Lines:
    """A line after five seconds, then every thirty: quiet enough for a log."""

    def __init__(self, language: Language, clock: Callable[[], float]) -> None:
        self._language, self._clock = language, clock
        self._started: float | None = None
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        now = self._clock()
        if self._started is None:
            self._started, self._next = now, now + FIRST_LINE_S
        if now < self._next:
            return
        self._next = now + LINE_EVERY_S
        line = progress_line(progress, now - self._started)
        sys.stderr.write(f"tingyin: {line.text(self._language)}\n")
        sys.stderr.flush()


def progress_line(progress: Progress, seconds: float) -> Message:
    """Return one line that says how far a run is, and how fast."""
    share = f", {progress.position / progress.size:.0%}" if progress.size else ""
    speed = progress.new_rows / max(seconds, 1e-9)
    return Message(
        f"{progress.rows:,} rows{share}, {speed:,.0f} rows/s, {progress.rejects:,} rejects",
        f"已处理 {progress.rows:,} 行{share}，每秒 {speed:,.0f} 行，拒收 {progress.rejects:,} 行",
    )


@contextmanager
def _bar(language: Language) -> Iterator[Report]:
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
            line = progress_line(progress, time.monotonic() - started).text(language)
            bar.update(
                task, total=progress.size or None, completed=progress.position, description=line
            )

        yield report

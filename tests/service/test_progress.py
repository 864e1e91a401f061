"""What a long run shows: lines in a log, a bar on a terminal, in the language of the user."""

import os
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from service.analysis import Progress, analysis_extent
from service.language import spoken_language
from service.progress import _Lines, shown_progress

LOCALES = ("TINGYIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        pytest.param(
            Progress(2048, 1024, 3, 50, 200),
            "2,048 rows, 25%, 512 rows/s, 3 rejects",
            id="size known",
        ),
        pytest.param(Progress(10, 10, 0, 10, 0), "10 rows, 5 rows/s, 0 rejects", id="size unknown"),
        pytest.param(Progress(9, 0, 0, 0, 99), "9 rows, 0%, 0 rows/s, 0 rejects", id="resumed"),
    ],
)
def test_progress_lines(progress: Progress, line: str) -> None:
    assert analysis_extent(progress, 2.0).line.en == line


def test_a_log_gets_a_line_after_five_seconds_then_every_thirty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seconds = count()
    report = _Lines("en", analysis_extent, lambda: float(next(seconds)))
    for rows in range(70):
        report(Progress(rows, rows, 0, rows, 0))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["5", "35", "65"]


def all_of(keyboard: int) -> str:
    """Read a terminal to its end, which Linux tells by EIO: what was written comes in pieces."""
    pieces = []
    with os.fdopen(keyboard, "rb", buffering=0) as terminal, suppress(OSError):
        while piece := terminal.read(1 << 16):
            pieces.append(piece)
    return b"".join(pieces).decode()


def test_a_terminal_gets_a_bar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard, screen = os.openpty()
    with os.fdopen(screen, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "120")
        with shown_progress("zh", analysis_extent) as report:
            report(Progress(0, 0, 0, 0, 200))
            report(Progress(2048, 2048, 3, 50, 200))
    shown = all_of(keyboard)
    assert "已处理 2,048 行, 25%" in shown
    assert "━" in shown


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        pytest.param({}, "en", id="nothing set"),
        pytest.param({"LANG": "zh_CN.UTF-8"}, "zh", id="locale"),
        pytest.param({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en", id="LC_ALL before LANG"),
        pytest.param({"LANG": "C", "TINGYIN_LANG": "zh"}, "zh", id="own setting first"),
    ],
)
def test_the_language_is_that_of_the_user(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in LOCALES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert spoken_language() == language

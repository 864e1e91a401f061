"""`tingyin demo`: the main job on the shipped sample, and how what it finds compares with it."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.errors import OutputError
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from service.sample import SamplePaths
    from service.sample.comparison import Comparison

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Results:
    """Where the files are that the demo makes from the sample."""

    comments: Path
    turns: Path
    signals: Path
    alerts: Path
    tiers: Path
    authors: Path


def demo(
    folder: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the files go 文件写到哪里")
    ] = Path("demo"),
) -> int:
    """Run the main job on the shipped sample, and say what it found.

    Writes the sample, analyses it, watches it and scores its customers with the commands that you
    would use yourself. Ends with 1 where the planted crisis is not found.

    在随附样例上完整运行一遍：分析、监测、分层，并与植入内容对照；未发现植入的危机则以 1 结束。
    """
    from rich.console import Console

    started = monotonic()
    console = Console(highlight=False)
    results = _results(folder)
    paths = _write(console, folder)
    _analyse(console, paths, results)
    crisis = _watch(console, paths, results)
    _score(console, paths, results)
    _where_next(console, folder, monotonic() - started)
    return ExitCode.DONE if crisis.found else ExitCode.INTERNAL


def _results(folder: Path) -> Results:
    return Results(
        comments=folder / "feedback.signals.jsonl",
        turns=folder / "transcripts.signals.jsonl",
        signals=folder / "signals.jsonl",
        alerts=folder / "alerts.jsonl",
        tiers=folder / "tiers.jsonl",
        authors=folder / "authors.jsonl",
    )


def _write(console: "Console", folder: Path) -> "SamplePaths":
    from service.sample import write_sample

    console.rule("1/4 样例 the sample")
    try:
        paths = write_sample(folder)
    except OSError as error:
        raise OutputError(
            f"{folder}: {error.strerror or error}; choose another folder with --folder",
            f"{folder}：{error.strerror or error}；请用 --folder 另选文件夹",
        ) from error
    console.print(
        "虚构品牌“云岭”六十天的反馈：文本专门撰写，由程序扩充，\n"
        "并植入一次危机与一次水军攻击。\n"
        "60 days of a made-up brand: texts written for it, multiplied by a generator, with one "
        "crisis and one coordinated attack planted"
    )
    return paths


def _analyse(console: "Console", paths: "SamplePaths", results: Results) -> None:
    from service.commands.analyze import analyze
    from service.files import read_rows, write_rows
    from service.sample.telling import tell_evidence, tell_signals

    console.rule("2/4 分析 analyse")
    for source, output in ((paths.feedback, results.comments), (paths.transcripts, results.turns)):
        with _said(console, "analyze", source, "-o", output, "--explain"):
            analyze(source, output, explain=True, overwrite=True, fresh=True)
    rows = list(chain(read_rows(results.comments), read_rows(results.turns)))
    write_rows(results.signals, rows)
    tell_signals(console, rows)
    tell_evidence(console, rows)


def _watch(console: "Console", paths: "SamplePaths", results: Results) -> "Comparison":
    """Watch as of the end of the sample, so that the clock of this machine does not matter."""
    from service.commands.watch import watch
    from service.sample.comparison import compare, read_truth
    from service.sample.telling import tell_alerts, tell_attack, tell_crisis

    console.rule("3/4 监测 watch")
    truth = read_truth(paths.truth)
    as_of = f"{truth['last_day']}T23:59:59+08:00"
    with _said(console, "watch", results.signals, "-o", results.alerts, "--as-of", as_of):
        watch(results.signals, results.alerts, as_of=as_of)
    alerts = _rows(results.alerts)
    crisis = compare(alerts, truth["crisis"]["ids"])
    tell_alerts(console, alerts)
    tell_crisis(console, crisis, _followers(paths))
    tell_attack(console, compare(alerts, truth["attack"]["ids"]))
    return crisis


def _followers(paths: "SamplePaths") -> dict[str, int]:
    return {row["account_id"]: int(row["followers"]) for row in _rows(paths.accounts)}


def _score(console: "Console", paths: "SamplePaths", results: Results) -> None:
    from service.commands.score import score
    from service.sample.comparison import read_truth
    from service.sample.telling_customers import tell_care, tell_influencers, tell_tiers

    console.rule("4/4 分层 score")
    given = {
        "orders": paths.orders,
        "signals": results.signals,
        "engagement": paths.engagement,
        "accounts": paths.accounts,
        "edges": paths.edges,
        "authors": results.authors,
    }
    as_of = read_truth(paths.truth)["last_day"]
    options = [word for name, path in given.items() for word in (f"--{name}", path)]
    with _said(console, "score", *options, "--as-of", as_of, "-o", results.tiers):
        score(
            str(paths.orders),
            str(results.signals),
            results.tiers,
            engagement=str(paths.engagement),
            accounts=str(paths.accounts),
            edges=str(paths.edges),
            authors=results.authors,
            as_of=as_of,
        )
    scores = _rows(results.tiers)
    tell_tiers(console, scores)
    tell_care(console, scores)
    tell_influencers(console, _rows(results.authors))


def _rows(path: Path) -> list[Row]:
    from service.files import read_rows

    return list(read_rows(path))


@contextmanager
def _said(console: "Console", *words: object) -> Iterator[None]:
    """Print the command as one would type it, and keep its own words back: the demo tells more."""
    console.print(f"$ tingyin {shlex.join(map(str, words))}", style="dim", markup=False)
    with redirect_stdout(StringIO()):
        yield


def _where_next(console: "Console", folder: Path, seconds: float) -> None:
    console.rule(f"{seconds:.0f} s")
    console.print(
        f"文件 files: {folder}/  signals.jsonl · alerts.jsonl · tiers.jsonl · authors.jsonl · "
        "truth.json（植入的内容 what was planted）\n"
        "服务 service: .venv/bin/tingyin serve\n"
        "笔记本 notebook: notebooks/main_job.ipynb\n"
        "你的数据 your data: README.md · README.zh-CN.md",
        markup=False,
    )

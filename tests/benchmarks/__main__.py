"""Run every benchmark and print one table each: `make bench`."""

import argparse
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from tests.benchmarks import (
    bench_analyze,
    bench_churn,
    bench_delivery,
    bench_features,
    bench_graph,
    bench_ingest,
    bench_lifetime,
    bench_noufaily,
    bench_score,
)

Rows = Iterable[tuple[str, str]]
BENCHMARKS: dict[str, Callable[[], Rows]] = {
    "analyze beside SnowNLP": bench_analyze.run,
    "score beside a plain pandas groupby": bench_score.run,
    "lifetime value on CDNOW": bench_lifetime.run,
    "delivery": bench_delivery.run,
    "ingest": bench_ingest.run,
    "detectors on simulated signals": bench_noufaily.run,
    "features beside a plain pandas groupby": bench_features.run,
    "churn on CDNOW": bench_churn.run,
    "networks of five million edges": bench_graph.run,
}
# On the public sets; imported where they are run.
ON_DATA = {
    "reviews of 60 characters beside SnowNLP": "bench_analyze",
    "62,774 reviews beside SnowNLP": "bench_shopping",
    "quality": "quality",
    "targets and aspects": "bench_opinions",
    "own categories beside TF-IDF": "bench_taxonomy",
    "satisfaction on Taobao dialogues": "bench_transcripts",
    "50 more decisions": "bench_review",
    "wrong labels found": "bench_label_errors",
    "near-duplicates beside pandas": "bench_duplicates",
    "detectors: speed, false alarms, salmonella": "bench_detectors",
    "minutes to the alarm of real bursts": "bench_bursts",
    "forecast beside the last hour": "bench_forecast",
    "influence on later cascades": "bench_influence",
}


def main() -> None:
    """Run the benchmarks named, all by default; with --data, those on the public sets too."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    known = ", ".join([*BENCHMARKS, *ON_DATA])
    parser.add_argument("names", nargs="*", help=f"some of: {known}")
    parser.add_argument("--data", type=Path, help="folder of the public and labelled sets")
    arguments = parser.parse_args()
    for name, run in BENCHMARKS.items():
        if name in (arguments.names or BENCHMARKS):
            show(name, run())
    for name, module in ON_DATA.items():
        if arguments.data and name in (arguments.names or ON_DATA):
            show(name, import_module(f"tests.benchmarks.{module}").run(arguments.data))


def show(name: str, rows: Rows) -> None:
    """Print one table."""
    told = list(rows)
    width = max(len(label) for label, _ in told)
    print(f"\n{name}")
    for label, value in told:
        print(f"  {label:<{width}}  {value}")


if __name__ == "__main__":
    main()

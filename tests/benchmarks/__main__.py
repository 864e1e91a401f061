"""Run every benchmark and print one table each: `make bench`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import bench_analyze, bench_score

Rows = list[tuple[str, str]]
BENCHMARKS: dict[str, Callable[[], Rows]] = {
    "analyze beside SnowNLP": bench_analyze.run,
    "score beside a plain pandas groupby": bench_score.run,
}


def main() -> None:
    """Run the benchmarks named, all by default; with --data, those on the public sets too."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--data", type=Path, help="folder of the public and labelled sets")
    arguments = parser.parse_args()
    for name in arguments.names or BENCHMARKS:
        show(name, BENCHMARKS[name]())
    if arguments.data:
        from tests.benchmarks import bench_shopping, quality

        show("62,774 reviews beside SnowNLP", bench_shopping.run(arguments.data))
        show("quality", quality.run(arguments.data))


def show(name: str, rows: Rows) -> None:
    """Print one table."""
    width = max(len(label) for label, _ in rows)
    print(f"\n{name}")
    for label, value in rows:
        print(f"  {label:<{width}}  {value}")


if __name__ == "__main__":
    main()

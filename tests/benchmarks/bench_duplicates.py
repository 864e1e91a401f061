"""Near-duplicates of online_shopping_10_cats, beside exact copies by pandas and all pairs compared.

Every system runs in its own process, so that memory is its own. All pairs of all reviews would take
hours, so that a seeded draw tells how long; what is found is held against an exact join.
`python -m tests.benchmarks.bench_duplicates DATA`.
"""

import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

Rows = list[tuple[str, str]]

NAME = "online_shopping_10_cats"
DRAWN = 1_500
SEED = 20261126

LOAD = """
import json, resource, sys, time
texts = json.loads(open(sys.argv[1], encoding="utf-8").read())
{setup}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter(), time.process_time()
{work}
seconds, own = time.perf_counter() - started[0], time.process_time() - started[1]
more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([seconds, own, more / 1024, groups, members]))
"""
COUNTED = "groups, members = len(found), sum(len(group.members) for group in found)"
EXACT = """
sizes = pandas.Series(texts).groupby(texts).size()
sizes = sizes[sizes > 1]
groups, members = len(sizes), int(sizes.sum())
"""
SYSTEMS = {
    "tingyin, near-duplicates": (
        "from nlp.text import duplicate_groups; duplicate_groups(['先读入组件，不计入用时'])",
        f"found = duplicate_groups(texts); {COUNTED}",
    ),
    "pandas groupby, exact copies": ("import pandas", EXACT),
}
PAIRWISE = """
from itertools import combinations
from nlp.text.duplicates import SIMILAR, jaccard, letters_of, shingles
own = [shingles(letters_of(text)) for text in texts]
alike = [pair for pair in combinations(own, 2) if jaccard(*pair) >= SIMILAR]
groups, members = len(alike), 0
"""
# Every pair and no other: texts so alike share one of the rarest triples of each (Bayardo 2007).
EXACT_JOIN = """
from collections import Counter, defaultdict
from math import ceil
from nlp.text import duplicate_groups
from nlp.text.duplicates import SIMILAR, jaccard, letters_of, shingles
own = [shingles(letters_of(text)) for text in texts]
rarity = Counter(triple for triples in own for triple in triples)
holders, alike = defaultdict(list), []
for number, triples in enumerate(own):
    rarest = sorted(triples, key=lambda triple: (rarity[triple], triple))
    rarest = rarest[: len(rarest) - ceil(SIMILAR * len(rarest)) + 1]
    for other in sorted({one for triple in rarest for one in holders[triple]}):
        if jaccard(triples, own[other]) >= SIMILAR:
            alike.append((other, number))
    for triple in rarest:
        holders[triple].append(number)
home = {number: group for group in duplicate_groups(texts) for number in group.members}
groups = len(alike)
members = sum(one in home and home[one] == home.get(two) for one, two in alike)
"""


def run(data: Path) -> Rows:
    """Return seconds, memory above the texts and groups of each, and how many pairs are found."""
    texts = reviews(data)
    drawn = random.Random(SEED).sample(texts, DRAWN)
    with tempfile.TemporaryDirectory() as folder:
        whole, part = Path(folder) / "whole.json", Path(folder) / "part.json"
        whole.write_text(json.dumps(texts), encoding="utf-8")
        part.write_text(json.dumps(drawn), encoding="utf-8")
        rows = [(name, told(measured(whole, *code))) for name, code in SYSTEMS.items()]
        seconds, own, *_ = measured(part, "", PAIRWISE)
        *_, pairs, found = measured(whole, "", EXACT_JOIN)
    whole_time = own * (len(texts) / DRAWN) ** 2 / 3600
    return [
        *((f"{name}, {len(texts):,} reviews", value) for name, value in rows),
        (f"all pairs of {DRAWN:,}", f"{seconds:6.1f} s ({own:.1f} s of CPU)"),
        ("all pairs of all, reckoned from it", f"{whole_time:6.1f} h of CPU"),
        ("pairs alike by an exact join, in one group", f"{pairs:,.0f}, {found:,.0f}"),
    ]


def reviews(data: Path) -> list[str]:
    """Return the reviews that are not empty, in the order of the file."""
    with zipfile.ZipFile(data / "online-shopping-10-cats" / f"{NAME}.zip") as archive:
        content = archive.read(f"{NAME}.csv").decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(content, newline=""))
    return [row["review"] for row in rows if row["review"].strip()]


def measured(path: Path, setup: str, work: str) -> list[float]:
    """Run one system in its own process; seconds, CPU seconds, MiB, and two counts."""
    code = LOAD.format(setup=setup, work=work)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(path)],
        capture_output=True,
        check=True,
        text=True,
    )
    figures: list[float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def told(figures: list[float]) -> str:
    """Say what a system took and found."""
    seconds, own, more, groups, members = figures
    return (
        f"{seconds:6.1f} s ({own:.1f} s of CPU)  {more:5.0f} MiB  "
        f"{groups:,.0f} groups of {members:,.0f} texts"
    )


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1])):
        print(f"{label}\t{value}")

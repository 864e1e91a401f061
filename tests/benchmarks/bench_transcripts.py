"""Predicted satisfaction on the Taobao dialogues, from sentiments and roles alone.

`python -m tests.benchmarks.bench_transcripts DATA` prints the test table; with `--dev` the table
on which the recipe was chosen; with `--write` it learns the shipped model again.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.evaluation import class_scores
from nlp.transcripts import FEATURES, SatisfactionModel, learn_satisfaction, write_model
from nlp.transcripts.model import SHIPPED, read_model
from nlp.transcripts.trajectory import SIGNS
from tests.benchmarks import turning_on_taobao
from tests.benchmarks.satisfaction_rivals import (
    SEED,
    Chances,
    Predictor,
    boosted,
    certain,
    doubled,
    joined,
    majority,
    odds,
    of_model,
    shares_of,
    shifted,
    two_cuts,
)
from tests.benchmarks.taobao_dialogues import (
    CONFUSION,
    DOMAINS,
    FLIPPED,
    VERDICTS,
    Rated,
    misread,
    read_split,
)

Rows = list[tuple[str, str]]
COUNTS = ("negative_count", "positive_count", "length")
NOISES = 5
SOURCE = {
    "en": "Tingyin's own coefficients, learned on the train splits of Clothes and Makeup of "
    "songkaisong/ssa (Song et al., EMNLP 2019, D19-1019): labels of turns and dialogues only, no "
    "words. Every dialogue counts twice: as labelled, and misread at the confusion rates of "
    "tingyin-small-22b1ba139678 on gold dev. Makeup is weighted to the shares of Clothes.",
    "zh": "听音自行学习的系数，取自 songkaisong/ssa 的 Clothes 与 Makeup 训练集（Song 等，EMNLP "
    "2019，D19-1019），只用逐句与会话标签，不用词。每个会话计两次：原标签一次，按 "
    "tingyin-small-22b1ba139678 在 gold dev 上的混淆率误读一次；Makeup 按 Clothes 的比例加权。",
    "made_by": "python -m tests.benchmarks.bench_transcripts DATA --write",
}


def run(data: Path) -> Rows:
    """Return the test table of both domains, and what turning points say of satisfaction."""
    table = [row for domain in DOMAINS for row in _test_rows(data, domain)]
    return [*table, *turning_on_taobao.run(data)]


def _test_rows(data: Path, domain: str) -> Rows:
    train, test = read_split(data, domain, "train"), read_split(data, domain, "test")
    other = next(name for name in DOMAINS if name != domain)
    foreign = learned(read_split(data, other, "train"))
    clean, both, shipped = learned(train), learned(train, noisy=True), read_model()
    systems: dict[str, Predictor] = {
        "majority": lambda rated: certain(np.full(len(rated.verdicts), majority(train))),
        "last customer turn": lambda rated: certain(
            np.array([int(SIGNS[one[-1]]) + 1 for one in rated.customer])
        ),
        "mean sentiment, two cuts": two_cuts(train),
        "counts, logistic": of_model(learned(train, features=COUNTS)),
        "trajectory, logistic": of_model(clean),
        "trajectory, logistic, learned with misread turns": of_model(both),
        "trajectory, boosted trees": boosted(train),
        "trajectory and agent's turns, boosted trees (not shipped)": boosted(train, agent=True),
        f"learned on {other}": of_model(foreign),
        f"learned on {other}, shares of {domain} known": shifted(foreign, train),
        "shipped": of_model(shipped),
        "shipped, shares known": shifted(shipped, train),
    }
    rows = [
        (f"{domain} test: {name}", told(test, system(test))) for name, system in systems.items()
    ]
    for noise, counts in {"confusion of our model": CONFUSION, "any label, .14": FLIPPED}.items():
        rows += [
            (f"{domain} test, turns misread ({noise}): {name}", _told_misread(test, of, counts))
            for name, of in (
                ("logistic", clean),
                ("with misread turns", both),
                ("shipped", shipped),
            )
        ]
    return rows


def choose(data: Path) -> Rows:
    """Return the dev table on which the recipe was chosen."""
    rows: Rows = []
    for domain in DOMAINS:
        train, dev = read_split(data, domain, "train"), read_split(data, domain, "dev")
        for name, noisy in (("clean", False), ("with misread turns", True)):
            known = doubled(train) if noisy else train
            model = learned(train, noisy=noisy)
            for system, of in (
                ("logistic", of_model(model)),
                ("proportional odds", odds(known)),
                ("boosted trees", boosted(known)),
            ):
                rows.append((f"{domain} dev: {system}, {name}", told(dev, of(dev))))
                wrong = Rated(misread(dev.customer, CONFUSION, SEED), dev.agent, dev.verdicts)
                rows.append((f"{domain} dev, misread: {system}, {name}", told(wrong, of(wrong))))
    return rows


def learned(
    rated: Rated, *, noisy: bool = False, features: Sequence[str] = tuple(FEATURES)
) -> SatisfactionModel:
    """Return the logistic model of a split; `noisy` adds each dialogue once more, misread."""
    known = doubled(rated) if noisy else rated
    return learn_satisfaction(known.customer, known.verdicts, features=features)


def shipped_model(data: Path) -> SatisfactionModel:
    """Return the model that is shipped: both domains, misread turns, the shares of Clothes."""
    clothes, makeup = (read_split(data, domain, "train") for domain in DOMAINS)
    ratio = shares_of(clothes) / shares_of(makeup)
    weights = np.concatenate([np.ones(len(clothes.truth)), ratio[makeup.truth]])
    known = doubled(joined(clothes, makeup))
    return learn_satisfaction(known.customer, known.verdicts, np.tile(weights, 2), SOURCE)


def told(rated: Rated, chances: Chances) -> str:
    """Return macro-F1, accuracy, recall by verdict and calibration error in one line."""
    scores = class_scores(rated.truth, chances, VERDICTS)
    recalls = [scores["per_class"][name]["recall"] for name in VERDICTS]  # type: ignore[index]
    shown = " ".join(f"{recall:.3f}" for recall in recalls)
    return (
        f"macro-F1 {scores['macro_f1']:.3f}  accuracy {scores['accuracy']:.3f}  "
        f"recall {shown}  ECE {scores['ece']:.3f}"
    )


def _told_misread(rated: Rated, model: SatisfactionModel, counts: Chances) -> str:
    """Return the figures over several misreadings of the same dialogues."""
    wrongs = [misread(rated.customer, counts, SEED + number) for number in range(1, NOISES + 1)]
    customer = [one for wrong in wrongs for one in wrong]
    all_of_them = Rated(customer, rated.agent * NOISES, rated.verdicts * NOISES)
    return told(all_of_them, of_model(model)(all_of_them))


def main() -> None:
    """Print a table, or write the shipped model."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_transcripts")
    parser.add_argument("data", type=Path, help="folder of the public sets")
    parser.add_argument("--dev", action="store_true", help="the table on dev")
    parser.add_argument("--write", action="store_true", help="learn the shipped model again")
    arguments = parser.parse_args()
    if arguments.write:
        write_model(shipped_model(arguments.data), SHIPPED)
        return
    for label, value in (choose if arguments.dev else run)(arguments.data):
        print(f"{label:<82}{value}")


if __name__ == "__main__":
    main()

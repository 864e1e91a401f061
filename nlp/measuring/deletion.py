"""Whether the evidence is faithful: words that weigh most must matter most when they are taken out.

Of each text words are deleted and the rest is read again (DeYoung et al. 2020, ERASER):
comprehensiveness is how much the probability of the verdict falls without the words that weigh
most, sufficiency how much it falls when nothing but these words is left. Both are compared with
random words of like length, and with the words of the largest and of the least parts of the score.
The weights are found by taking single words out, so they are favoured in the test of one word.
"""

from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path

import numpy as np

from nlp.encoder import Runtime, read_artifact
from nlp.evaluation import Floats, Integers, bootstrap, mean_of
from nlp.measuring.explained import Explained, explained
from nlp.measuring.reading import Figures, read_texts
from nlp.text import mask

COUNTS: tuple[int | float, ...] = (1, 2, 3, 0.2)
# A text of fewer words leaves no choice.
FEWEST_WORDS = 5
RANDOM_DRAWS = 3
SEED = 20261126

Score = Callable[[Sequence[str]], Floats]
Choice = Callable[[Explained, int], Integers]


def measure_evidence(
    texts: Sequence[str], artifact: Path | None = None, seed: int = SEED
) -> Figures:
    """Return how faithful the evidence of a model is on these texts.

    `counts` has for each number of words (`20%`: of the text's words) the mean fall of the
    verdict's probability, with the 95 % interval of the fall by the words that weigh most, and of
    its difference to random words.
    """
    runtime = Runtime(read_artifact(artifact))

    def score(asked: Sequence[str]) -> Floats:
        readings = read_texts(asked, runtime)
        return np.stack([reading.sentiment for reading in readings]).astype(np.float64)

    found = explained([mask(text) for text in texts], runtime)
    return deletion_figures(
        [each for each in found if len(each.words) >= FEWEST_WORDS], score, seed
    )


def deletion_figures(found: Sequence[Explained], score: Score, seed: int) -> Figures:
    """Return the figures of explained texts, given what scores texts (texts, classes)."""
    chance = np.random.default_rng(seed)
    choices: dict[str, Choice] = {
        "top": heaviest,
        "parts": largest_parts,
        **{f"random {draw}": like_random(chance) for draw in range(RANDOM_DRAWS)},
        "least": lightest,
    }
    counts = {}
    for count in COUNTS:
        picked = {
            name: [choose(each, number_of(each, count)) for each in found]
            for name, choose in choices.items()
        }
        counts[f"{count:.0%}" if isinstance(count, float) else str(count)] = {
            "comprehensiveness": _falls(found, picked, without, score),
            "sufficiency": _falls(found, picked, only, score),
        }
    return {"n": len(found), "words": _mean_words(found), "counts": counts}


def number_of(each: Explained, count: float) -> int:
    """Return how many words of a text are meant: a number, or a share rounded up."""
    return ceil(count * len(each.words)) if isinstance(count, float) else count


def heaviest(each: Explained, count: int) -> Integers:
    """Return the words that speak most for the verdict."""
    return np.argsort(-each.weights, kind="stable")[:count]


def largest_parts(each: Explained, count: int) -> Integers:
    """Return the words that the largest parts of the score stand on."""
    return np.argsort(-each.parts, kind="stable")[:count]


def lightest(each: Explained, count: int) -> Integers:
    """Return the words on which the least parts stand, for the verdict or against it."""
    return np.argsort(np.abs(each.parts), kind="stable")[:count]


def like_random(chance: np.random.Generator) -> Choice:
    """Return a choice of random words, each as long as one of the heaviest where there is one."""

    def choose(each: Explained, count: int) -> Integers:
        lengths = np.array([end - start for start, end in each.words])
        left = list(chance.permutation(len(lengths)))
        picked = []
        for word in heaviest(each, count):
            nearest = min(left, key=lambda index: abs(int(lengths[index] - lengths[word])))
            left.remove(nearest)
            picked.append(nearest)
        return np.array(picked, dtype=np.int64)

    return choose


def without(each: Explained, picked: Integers) -> str:
    """Return the text without these words."""
    return _joined(each, set(range(len(each.words))) - set(picked.tolist()), keep_rest=True)


def only(each: Explained, picked: Integers) -> str:
    """Return these words alone, in their order."""
    return _joined(each, set(picked.tolist()), keep_rest=False)


def _joined(each: Explained, kept: set[int], *, keep_rest: bool) -> str:
    parts, done = [], 0
    for index, (start, end) in enumerate(each.words):
        parts += [each.text[done:start]] if keep_rest else []
        parts += [each.text[start:end]] if index in kept else []
        done = end
    return "".join([*parts, each.text[done:] if keep_rest else ""])


def _falls(
    found: Sequence[Explained],
    picked: dict[str, list[Integers]],
    change: Callable[[Explained, Integers], str],
    score: Score,
) -> Figures:
    falls = {name: _fall(found, words, change, score) for name, words in picked.items()}
    random = np.mean([falls.pop(f"random {draw}") for draw in range(RANDOM_DRAWS)], axis=0)
    top = falls["top"]
    return {
        "top": float(top.mean()),
        "top_interval": list(bootstrap(mean_of(top), len(top))),
        "parts": float(falls["parts"].mean()),
        "random": float(random.mean()),
        "least": float(falls["least"].mean()),
        "top_less_random_interval": list(bootstrap(mean_of(top - random), len(top))),
    }


def _fall(
    found: Sequence[Explained],
    picked: Sequence[Integers],
    change: Callable[[Explained, Integers], str],
    score: Score,
) -> Floats:
    changed = [change(each, words) for each, words in zip(found, picked, strict=True)]
    after = score(changed)
    verdicts = np.array([each.verdict for each in found])
    before = np.array([each.probability for each in found])
    return np.asarray(before - after[np.arange(len(found)), verdicts])


def _mean_words(found: Sequence[Explained]) -> float:
    return float(np.mean([len(each.words) for each in found])) if found else 0.0

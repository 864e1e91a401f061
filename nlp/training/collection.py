"""Gather what a run trains on: read sources, leave out measured texts and copies, draw epochs."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

import numpy as np

from nlp.errors import TrainingError
from nlp.gold import Example, read_gold
from nlp.slices import challenge_texts
from nlp.training.corpora import CORPORA
from nlp.training.exclusion import (
    Exclusion,
    comparison_form,
    exclusion_key,
    read_exclusion_keys,
)
from nlp.training.fragments import fragments
from nlp.training.keyed_labels import FOLDER, FURTHER, correct, read_further
from nlp.training.pools import POOLS, read_pools
from nlp.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything a run may see, already filtered; `calibration` is held out of training."""

    gold: list[Example]
    calibration: list[Example]
    polarity: list[Example]
    targets: list[Example]
    unlabelled: list[Example] = field(default_factory=list)
    fragments: list[Example] = field(default_factory=list)


def read_exclusion(data: Path) -> Exclusion:
    """Return the exclusion: the never-train list, and what else is measured.

    That is the gold dev texts, ChnSentiCorp's test, and the hard texts that are shipped.
    """
    keys = read_exclusion_keys(data / "gold" / "never_train.sha256")
    dev = [example.text for example in read_gold(data / "gold" / "dev.jsonl")]
    lines = (data / "chnsenticorp" / "test_labeled.tsv").read_text(encoding="utf-8").splitlines()
    written = [each.example.text for each in challenge_texts()]
    own = frozenset(exclusion_key(text) for text in written if comparison_form(text))
    return Exclusion(keys | own, [*dev, *written, *(line.rpartition("\t")[0] for line in lines)])


def collect(data: Path, recipe: Recipe, labels: Path = FOLDER) -> Collection:
    """Return the examples of a run from the data folder and the folder of keyed labels.

    Raises
    ------
    TrainingError
        When the folder lacks the gold labels or a data set.
    """
    try:
        return _collect(data, recipe, labels)
    except FileNotFoundError as error:
        raise TrainingError(
            f"{error.filename} is missing; --data must name the folder with the data sets",
            f"缺少 {error.filename}；--data 应指向数据集文件夹",
        ) from error


def _collect(data: Path, recipe: Recipe, labels: Path) -> Collection:
    exclusion = read_exclusion(data)
    public = [example for corpus in CORPORA.values() for example in corpus.read(data)]
    texts = chain((example.text for example in public), read_pools(data))
    labelled = [
        *correct(read_gold(data / "gold" / "train.jsonl"), labels),
        *read_further(labels, texts),
    ]
    gold = distinct(exclusion.keep(labelled), ())
    public = distinct(exclusion.keep(public), gold)
    chance = np.random.default_rng(recipe.seed)
    polarity = [example for example in public if example.positive is not None]
    targets = [example for example in public if example.targets is not None]
    collection = Collection(
        gold=[example for example in gold if not _is_calibration(example, recipe)],
        calibration=[example for example in gold if _is_calibration(example, recipe)],
        polarity=_drawn(polarity, recipe.polarity_texts, chance),
        targets=_drawn(targets, recipe.target_texts, chance),
        unlabelled=_unlabelled(data, recipe, exclusion, [*gold, *public]),
    )
    return replace(collection, fragments=_fragments(collection, recipe))


def _unlabelled(
    data: Path, recipe: Recipe, exclusion: Exclusion, seen: Sequence[Example]
) -> list[Example]:
    """Return texts without any label, as evenly from the pools as they allow."""
    chance = np.random.default_rng((recipe.seed, 1))
    share = -(-recipe.unlabelled_texts // len(POOLS))
    drawn: list[Example] = []
    for name, pool in POOLS.items():
        texts = [Example(text, name) for text in dict.fromkeys(pool.read(data)) if text.strip()]
        order = _drawn(texts, 2 * share, chance)
        drawn += distinct(exclusion.keep(order), [*seen, *drawn])[:share]
    return drawn


def _fragments(collection: Collection, recipe: Recipe) -> list[Example]:
    whole = (collection.gold, collection.polarity, collection.targets, collection.unlabelled)
    texts = [example.text for part in whole for example in part]
    return fragments(texts, recipe.fragments, np.random.default_rng((recipe.seed, 2)))


def distinct(examples: Iterable[Example], seen: Iterable[Example]) -> list[Example]:
    """Return the first of equal texts, and none that is in `seen`."""
    keys = {exclusion_key(example.text) for example in seen}
    kept = []
    for example in examples:
        key = exclusion_key(example.text)
        if key not in keys:
            keys.add(key)
            kept.append(example)
    return kept


def _is_calibration(example: Example, recipe: Recipe) -> bool:
    """Tell whether a text is held out; further labels are of hard texts, and would mislead."""
    if example.source == FURTHER:
        return False
    digest = hashlib.sha256(f"{recipe.seed}:{exclusion_key(example.text)}".encode()).digest()
    return digest[0] < recipe.calibration_share * 256


def _drawn(examples: Sequence[Example], count: int, chance: np.random.Generator) -> list[Example]:
    order = chance.permutation(len(examples))[:count]
    return [examples[index] for index in order]


def digest_of(collection: Collection) -> str:
    """Return what tells two collections apart that are trained on: a hash of texts and labels."""
    digest = hashlib.sha256()
    for part in (
        collection.gold,
        collection.polarity,
        collection.targets,
        collection.unlabelled,
        collection.fragments,
    ):
        for example in part:
            digest.update(repr(example).encode())
    return digest.hexdigest()


def epoch_examples(collection: Collection, recipe: Recipe, epoch: int) -> list[Example]:
    """Return what one epoch trains on: all gold labels and its part of the other texts."""
    return [
        *collection.gold,
        *_part(collection.polarity, recipe.polarity_passes, epoch, recipe.epochs),
        *_part(collection.targets, recipe.target_passes, epoch, recipe.epochs),
        *_part(collection.unlabelled, recipe.unlabelled_passes, epoch, recipe.epochs),
        *_part(collection.fragments, recipe.fragment_passes, epoch, recipe.epochs),
    ]


def _part(examples: Sequence[Example], passes: int, epoch: int, epochs: int) -> list[Example]:
    """Return the epoch's even share of the examples, taken in order `passes` times over."""
    total = passes * len(examples)
    share = range(total * epoch // epochs, total * (epoch + 1) // epochs)
    return [examples[index % len(examples)] for index in share]

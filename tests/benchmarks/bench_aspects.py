"""How well the lexicon finds aspects: car posts (ten aspects) and restaurant reviews (eighteen).

No network is needed for the aspects; `car_rows` asks one for their polarity.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.encoder import Runtime
from nlp.labels import SENTIMENTS
from nlp.opinions import Matcher, PolarityCalibration, load_lexicon, plain, polarity_at
from nlp.text import mask, normalise
from tests.benchmarks import opinion_sets as sets
from tests.benchmarks.opinion_figures import RAW, Labelled, f1, fitted
from tests.benchmarks.opinion_reads import Read, read_all
from tests.benchmarks.opinion_sets import Judged, Post

Rows = list[tuple[str, str]]
NAMES = tuple(SENTIMENTS)
Places = dict[str, tuple[int, int]]
FITTED_FROM = 2_000
CAR_ASPECTS = {
    "power": "动力", "price": "价格", "value": "价格", "promotion": "价格", "fuel": "油耗",
    "handling": "操控", "comfort": "舒适性", "noise": "舒适性", "smell": "舒适性",
    "equipment": "配置", "car_safety": "安全性", "safety": "安全性", "interior": "内饰",
    "exterior": "外观", "appearance": "外观", "car_space": "空间",
}  # fmt: skip
DINING_ASPECTS = {
    "restaurant_location": "location_traffic",
    "district": "location_distance_from_business_district",
    "finding": "location_easy_to_find",
    "waiting": "service_wait_time",
    "service": "service_waiters_attitude",
    "parking": "service_parking_convenience",
    "serving_speed": "service_serving_speed",
    "price": "price_level",
    "value": "price_cost_effective",
    "promotion": "price_discount",
    "decor": "environment_decoration",
    "noise": "environment_noise",
    "dining_space": "environment_space",
    "hygiene": "environment_cleaness",
    "portion": "dish_portion",
    "taste": "dish_taste",
    "dish_look": "dish_look",
    "recommendation": "dish_recommendation",
}


def car_rows(data: Path, runtime: Runtime) -> Rows:
    """Return how well the lexicon finds the ten aspects of car posts, and polarity with them.

    Two of three of these opinions are neutral (a fact, a question), which a term of a review
    hardly ever is: polarity is also given with a calibration fitted on the own train split.
    """
    matcher = Matcher(load_lexicon())
    posts = sets.car_posts(data, "test")
    found = [_car_aspects(post, matcher) for post in posts]
    own = fitted([_read_posts(sets.car_posts(data, "train")[:FITTED_FROM], matcher, runtime)])
    texts = _texts(posts, runtime)
    return [*_aspect_rows(posts, found), *_joint_rows(posts, found, texts, own)]


def _aspect_rows(posts: Sequence[Post], found: Sequence[Places]) -> Rows:
    truth = [set(post.aspects) for post in posts]
    single = [(next(iter(t)), f) for t, f in zip(truth, found, strict=True) if len(t) == 1]
    first = np.mean([next(iter(f), None) == aspect for aspect, f in single])
    exact = np.mean([t == set(f) for t, f in zip(truth, found, strict=True)])
    usual = max(Counter(aspect for aspect, _ in single).values()) / len(single)
    return [
        (f"bdci car, own test split of {len(posts)} posts: aspects", f1(truth, [*map(set, found)])),
        ("bdci car: the very set of aspects", f"{exact:.3f}"),
        (
            f"bdci car: first aspect, {len(single)} posts of one aspect",
            f"accuracy {first:.3f} (always the commonest {usual:.3f})",
        ),
    ]


def _joint_rows(
    posts: Sequence[Post],
    found: Sequence[Places],
    texts: Sequence[Read],
    own: PolarityCalibration,
) -> Rows:
    wanted = [set(post.aspects.items()) for post in posts]
    ways = {"shipped calibration": None, "calibrated on own train split": own}
    rows: Rows = []
    for label, calibration in ways.items():
        joint = [
            {(name, _polarity(text, span, calibration)) for name, span in spans.items()}
            for text, spans in zip(texts, found, strict=True)
        ]
        rows.append((f"bdci car: aspect with polarity, {label}", f1(wanted, joint)))
    neutral = [{(name, "neutral") for name in spans} for spans in found]
    rows.append(("bdci car: aspect with polarity, always neutral", f1(wanted, neutral)))
    rows.append(("bdci car: published, on a test that is not public", "F1 .62+"))
    return rows


def _texts(posts: Sequence[Post], runtime: Runtime) -> list[Read]:
    return read_all([Judged(post.text, ()) for post in posts], runtime)


def _read_posts(posts: Sequence[Post], matcher: Matcher, runtime: Runtime) -> Labelled:
    """Return raw log-probabilities at the aspects that are found, and their true polarity."""
    logits, truth = [], []
    for post, text in zip(posts, _texts(posts, runtime), strict=True):
        for name, span in _car_aspects(post, matcher).items():
            if name in post.aspects:
                logits.append(
                    np.log(np.maximum(polarity_at(text.scores, *span, calibration=RAW), 1e-9))
                )
                truth.append(NAMES.index(post.aspects[name]))
    return np.array(logits), np.array(truth)


def dining_rows(data: Path) -> Rows:
    """Return how well the lexicon finds the 18 aspects of ASAP's sample reviews."""
    matcher = Matcher(load_lexicon())
    reviews = list(sets.restaurant_reviews(data))
    truth = [set(aspects) for _, aspects in reviews]
    found = [
        {
            DINING_ASPECTS[each.aspect.key]
            for each in matcher.found_in(plain(text), "food")
            if each.aspect.key in DINING_ASPECTS
        }
        for text, _ in reviews
    ]
    names = sorted(DINING_ASPECTS.values())
    cells = np.mean(
        [(n in t) == (n in f) for t, f in zip(truth, found, strict=True) for n in names]
    )
    usual = np.mean([n in t for t in truth for n in names])
    rows = [
        (f"asap, {len(reviews)} samples: aspects mentioned", f1(truth, found)),
        ("asap: right of 18 x reviews", f"{cells:.3f} (always absent {1 - usual:.3f})"),
    ]
    for name in names:
        one = [[t & {name} for t in group] for group in (truth, found)]
        rows.append((f"asap: {name}", f1(one[0], one[1])))
    return rows


def _car_aspects(post: Post, matcher: Matcher) -> Places:
    """Return the aspects of a post, the most spoken of first, each with its first place."""
    places: dict[str, list[tuple[int, int]]] = {}
    for each in matcher.found_in(normalise(mask(post.text)).text.lower(), "car"):
        if each.aspect.key in CAR_ASPECTS:
            places.setdefault(CAR_ASPECTS[each.aspect.key], []).append((each.start, each.end))
    ordered = sorted(places.items(), key=lambda item: -len(item[1]))
    return {name: spans[0] for name, spans in ordered}


def _polarity(text: Read, span: tuple[int, int], calibration: PolarityCalibration | None) -> str:
    return NAMES[int(polarity_at(text.scores, *span, calibration=calibration).argmax())]

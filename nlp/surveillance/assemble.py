"""From an incident to a surge: the mentions behind it, and what they say about it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from nlp.surveillance.coordination import coordinated
from nlp.surveillance.detectors.baseline import LEAST_DISPERSION, Expected
from nlp.surveillance.detectors.evidence import upper_of
from nlp.surveillance.incidents import Incident
from nlp.surveillance.levels import SENSITIVE, Gravity, level_of, severity_of, velocity_of
from nlp.surveillance.mention import Mention, Weight
from nlp.surveillance.phrases import Phrasing
from nlp.surveillance.places import places_of
from nlp.surveillance.reasons import Told, reasons_of
from nlp.surveillance.scan import Scan
from nlp.surveillance.series import Key
from nlp.surveillance.surge import Author, CategoryCount, Quote, Surge, fingerprint_of
from nlp.text import similarity

MAIN_SHARE = 0.3
SUSPICIOUS_SHARE, SUSPICIOUS_COUNT = 0.3, 5
MOST_AUTHORS, MOST_QUOTES = 10, 5
QUOTE_CHARACTERS = 160
SAME_QUOTE = 0.5


@dataclass(frozen=True, slots=True)
class Evidence:
    """What every surge of one watch is made from.

    Attributes
    ----------
    mentions
        All of them, oldest first.
    hours, days
        The scans: they know what was expected, hour by hour and day by day.
    as_of
        Nothing later is known.
    weight
        How the detector counted.
    """

    mentions: Sequence[Mention]
    hours: Scan
    days: Scan
    as_of: datetime
    weight: Weight = "mentions"


def assemble(incident: Incident, evidence: Evidence) -> Surge:
    """Return the surge of an incident."""
    own = [mention for mention in evidence.mentions if mention.product == incident.product]
    proof = proof_of(incident, own)
    scan = scan_of(evidence, incident)
    expected = expectation(scan, incident, incident.leader)
    categories, authors = category_counts(proof), top_authors(proof)
    arranged, severity = coordinated(proof), severity_of([m.severity for m in proof])
    share, zone = len(arranged) / len(proof), scan.line.zone
    surge = Surge(
        fingerprint=fingerprint_of(incident.product),
        product=incident.product,
        category=incident.leader.category or main_category(proof, categories, incident, scan),
        onset=proof[0].at.astimezone(zone),
        until=min(incident.until, evidence.as_of).astimezone(zone),
        bins=incident.widths,
        observed=len(proof),
        expected=expected.mean,
        upper=upper_of(expected, rate_of(scan, incident.leader)),
        p=incident.p,
        level=level_of(gravity_of(proof, severity, expected.mean, evidence.as_of)),
        severity=severity,
        categories=categories,
        authors=authors[:MOST_AUTHORS],
        coordinated_share=share,
        coordinated_ids=arranged,
        suspected_coordination=share >= SUSPICIOUS_SHARE and len(arranged) >= SUSPICIOUS_COUNT,
        keyphrases=Phrasing(evidence.mentions).of(proof),
        quotes=quotes_of(proof),
        ids=tuple(mention.id for mention in proof),
        reasons=(),
    )
    history = surge.onset - own[0].at
    places = places_of(proof, [m for m in own if m.negative and m.at < incident.onset])
    told = Told(len(authors), history, places, evidence.weight)
    return replace(surge, reasons=reasons_of(surge, told))


def proof_of(incident: Incident, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that the leading series counts from onset to end, oldest first."""
    category = incident.leader.category
    return [
        mention
        for mention in mentions
        if mention.negative
        and incident.onset <= mention.at < incident.until
        and (category is None or category in mention.complaint)
    ]


def scan_of(evidence: Evidence, incident: Incident) -> Scan:
    """Return the scan that the incident is told by: the hourly one unless only days alarm.

    What alarms by ten minutes is told by its share of the hours.

    A day is held to another false-alarm probability than an hour; told by hours, what alarms by
    day could lie within what chance explains.
    """
    return evidence.days if incident.widths == ("day",) else evidence.hours


def expectation(scan: Scan, incident: Incident, key: Key) -> Expected[float]:
    """Return what a series should hold from onset to end: the sum of its bins, in part or whole."""
    edges = scan.line.edges
    # A window may reach back to before the first bin.
    first = max(bisect_right(edges, incident.onset) - 1, 0)
    after = bisect_left(edges, incident.until)
    whole = np.array([edge.timestamp() for edge in edges[first : after + 1]])
    inside = np.clip(whole, incident.onset.timestamp(), incident.until.timestamp())
    share, column = np.diff(inside) / np.diff(whole), scan.keys.index(key)
    mean = float(share @ scan.mean[first:after, column].astype(np.float64))
    variance = float(share @ scan.variance[first:after, column].astype(np.float64))
    return Expected(mean, max(variance / mean, LEAST_DISPERSION), 0.0)


def rate_of(scan: Scan, key: Key) -> float:
    """Return the false-alarm probability that the detector held one bin of a series to."""
    return float(scan.rates[scan.keys.index(key)])


def gravity_of(
    proof: Sequence[Mention], severity: int, expected: float, as_of: datetime
) -> Gravity:
    """Return what the level depends on."""
    reach = sum(mention.reach for mention in proof)
    sensitive = sum(not set(SENSITIVE).isdisjoint(mention.complaint) for mention in proof)
    velocity = velocity_of((mention.at for mention in proof), as_of)
    return Gravity(severity, len(proof), expected, reach, sensitive, velocity)


def category_counts(proof: Sequence[Mention]) -> tuple[CategoryCount, ...]:
    """Return the complaint categories, the most frequent first; a mention may be in several."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for mention in proof:
        for category in dict.fromkeys(mention.complaint):
            ids[category].append(mention.id)
    counts = [CategoryCount(category, len(own), tuple(own)) for category, own in ids.items()]
    return tuple(sorted(counts, key=lambda one: (-one.count, one.category)))


def main_category(
    proof: Sequence[Mention],
    categories: Sequence[CategoryCount],
    incident: Incident,
    scan: Scan,
) -> str | None:
    """Return the category that grew most, if at least `MAIN_SHARE` of the categorised hold it.

    Growth, not size: the category that people always complain about is not what is new. Of
    several that grew alike it is the one that most mentions name first, as the most central.
    """
    named = [mention.complaint[0] for mention in proof if mention.complaint]
    large = [one for one in categories if one.count >= MAIN_SHARE * len(named)]

    def growth(one: CategoryCount) -> tuple[int, int]:
        key = Key(incident.product, one.category)
        usual = expectation(scan, incident, key).mean if key in scan.keys else 0.0
        return round(one.count - usual), named.count(one.category)

    return max(large, key=growth).category if large else None


def top_authors(proof: Sequence[Mention]) -> tuple[Author, ...]:
    """Return the known authors, by reach and then by posts."""
    posts: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in proof:
        if mention.author_id is not None:
            posts[mention.author_id].append(mention)
    authors = [
        Author(name, len(own), sum(m.reach for m in own), tuple(m.id for m in own))
        for name, own in posts.items()
    ]
    return tuple(sorted(authors, key=lambda one: (-one.reach, -one.posts, one.author_id)))


def quotes_of(proof: Sequence[Mention]) -> tuple[Quote, ...]:
    """Return a few texts, the gravest and widest reaching first, no two alike."""
    chosen: list[Quote] = []
    for mention in sorted(proof, key=lambda m: (-m.severity, -m.reach, m.at, m.id)):
        if len(chosen) == MOST_QUOTES:
            break
        text = mention.text.strip()
        if text and not any(_alike(text, quote.text) for quote in chosen):
            chosen.append(Quote(mention.id, text))
    return tuple(Quote(quote.id, _shortened(quote.text)) for quote in chosen)


def _alike(left: str, right: str) -> bool:
    return left == right or similarity(left, right) >= SAME_QUOTE


def _shortened(text: str) -> str:
    return text if len(text) <= QUOTE_CHARACTERS else text[: QUOTE_CHARACTERS - 1] + "…"

"""Who drives a surge: the first post, the one that turned it, and the authors by influence."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp.surveillance.mention import Mention
from nlp.surveillance.story.cascades import Forest, forest_of, roots_of
from nlp.surveillance.story.clusters import shortened

MOST_DRIVERS = 10
LEAST_CASCADE = 2


@dataclass(frozen=True, slots=True)
class Post:
    """One mention as a report tells of it; what is not known of it is None."""

    id: str
    at: datetime | None
    author_id: str | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Driver:
    """What one author does to a surge.

    Attributes
    ----------
    author_id
        Who.
    posts, share
        Mentions of the surge, and their share of it, 0 to 1.
    reach
        Of these posts together; see `nlp.surveillance.reach_of`.
    caused
        Reposts and answers by others below these posts, directly or not; None where no mention
        names a parent, so that nobody can know.
    influence
        0 to 1: the mean of the author's shares of the surge's posts, of its reach and of the
        reposts that authors caused (without that where nothing is known of it). A convention that
        puts authors in order.
    ids, caused_ids
        The posts; and what they caused.
    """

    author_id: str
    posts: int
    share: float
    reach: int
    caused: int | None
    influence: float
    ids: tuple[str, ...]
    caused_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The largest cascade: the post at its root, and everything that hangs below it."""

    post: Post
    size: int
    share: float
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drivers:
    """Who is behind a surge.

    Attributes
    ----------
    first
        Its earliest mention.
    authors
        How many known authors it has.
    anonymous
        How many of its mentions name no author.
    top
        The most influential authors, at most ten.
    turn
        The largest cascade of at least two reposts or answers; None where there is none.
    linked
        Whether any mention names a parent.
    """

    first: Post
    authors: int
    anonymous: int
    top: tuple[Driver, ...]
    turn: Turn | None
    linked: bool


def drivers_of(proof: Sequence[Mention], around: Sequence[Mention]) -> Drivers:
    """Return who drives a surge.

    Parameters
    ----------
    proof
        The mentions of the surge, oldest first, at least one.
    around
        All mentions of its product in its time, the proof among them: a repost that is not
        itself negative spreads a complaint as well.
    """
    forest, named = forest_of(around), [m for m in proof if m.author_id is not None]
    top = _ranked(named, len(proof), around, forest)
    return Drivers(
        first=post_of(proof[0]),
        authors=len({mention.author_id for mention in named}),
        anonymous=len(proof) - len(named),
        top=top[:MOST_DRIVERS],
        turn=_turn(proof, around, forest),
        linked=forest.linked,
    )


def post_of(mention: Mention) -> Post:
    """Return a mention as a report tells of it."""
    return Post(mention.id, mention.at, mention.author_id, shortened(mention.text) or None)


def _ranked(
    named: Sequence[Mention], total: int, around: Sequence[Mention], forest: Forest
) -> tuple[Driver, ...]:
    posts: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in named:
        posts[str(mention.author_id)].append(mention)
    writer = {mention.id: mention.author_id for mention in around}
    caused = {name: _caused(name, own, writer, forest) for name, own in posts.items()}
    reaches = {name: sum(m.reach for m in own) for name, own in posts.items()}
    all_reach, all_caused = sum(reaches.values()), sum(map(len, caused.values()))
    drivers = [
        Driver(
            author_id=name,
            posts=len(own),
            share=len(own) / total,
            reach=reaches[name],
            caused=len(caused[name]) if forest.linked else None,
            influence=_influence(
                (len(own), total), (reaches[name], all_reach), (len(caused[name]), all_caused)
            ),
            ids=tuple(mention.id for mention in own),
            caused_ids=caused[name],
        )
        for name, own in posts.items()
    ]
    return tuple(sorted(drivers, key=lambda one: (-one.influence, -one.reach, one.author_id)))


def _caused(
    name: str, own: Sequence[Mention], writer: dict[str, str | None], forest: Forest
) -> tuple[str, ...]:
    below = forest.below(mention.id for mention in own)
    return tuple(one for one in below if writer.get(one) != name)


def _influence(*parts: tuple[int, int]) -> float:
    shares = [part / whole for part, whole in parts if whole]
    return sum(shares) / len(shares)


def _turn(proof: Sequence[Mention], around: Sequence[Mention], forest: Forest) -> Turn | None:
    cascades = {root: forest.below([root]) for root in roots_of(around)}
    root = max(cascades, key=lambda one: len(cascades[one]), default=None)
    if root is None or len(cascades[root]) < LEAST_CASCADE:
        return None
    known = {mention.id: mention for mention in around}
    post = post_of(known[root]) if root in known else Post(root, None, None, None)
    inside = {root, *cascades[root]}
    share = sum(mention.id in inside for mention in proof) / len(proof)
    return Turn(post, len(cascades[root]), share, cascades[root])

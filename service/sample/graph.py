"""Who follows, reposts and answers whom in the sample."""

from datetime import datetime, timedelta
from random import Random

from service.sample.calendar import Calendar, moment_of
from service.sample.people import Account
from service.sample.pieces import Link, Piece

FOLLOWS_EACH = 4
QUIET_REPOSTS = 260
REPOSTING_PLATFORM = "微博"


def make_follows(accounts: list[Account], calendar: Calendar, rng: Random) -> list[Link]:
    """Return who follows whom: the more followed an account, the more of ours follow it."""
    pull = [account.followers**0.5 for account in accounts]
    links = {
        (account.account_id, target.account_id)
        for account in accounts
        for target in rng.choices(accounts, pull, k=FOLLOWS_EACH)
        if target.account_id != account.account_id
    }
    return [Link(a, b, "follow", _before(calendar, rng)) for a, b in sorted(links)]


def _before(calendar: Calendar, rng: Random) -> datetime:
    return moment_of(calendar.start - timedelta(days=rng.randint(1, 180)), rng)


def make_reposts(accounts: list[Account], calendar: Calendar, rng: Random) -> list[Link]:
    """Return reposts of other matters on ordinary days, so that a repost alone proves nothing."""
    pull = [account.followers**0.5 for account in accounts]
    activity = [account.activity for account in accounts]
    moments = calendar.moments(QUIET_REPOSTS, rng)
    pairs = [
        (rng.choices(accounts, activity)[0], rng.choices(accounts, pull)[0], moment)
        for moment in moments
    ]
    return [
        Link(source.account_id, target.account_id, "repost", moment)
        for source, target, moment in pairs
        if source is not target
    ]


def links_of(pieces: list[Piece]) -> list[Link]:
    """Return one link per piece that answers or reposts another: a repost on 微博, else a reply."""
    author = {piece.handle: piece.author_id for piece in pieces}
    return [
        Link(piece.author_id, author[piece.parent], _kind(piece), piece.created_at)
        for piece in pieces
        if piece.parent and author[piece.parent] != piece.author_id
    ]


def _kind(piece: Piece) -> str:
    return "repost" if piece.platform == REPOSTING_PLATFORM else "reply"

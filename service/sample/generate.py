"""Multiply the hand-written texts to the sample: 60 days of one fictional brand, from one seed."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random

from nlp.schema import FEEDBACK_CONTEXT
from service.sample.brand import PRODUCTS
from service.sample.calendar import Calendar
from service.sample.comments import make_adverts, make_comments, make_disclosures
from service.sample.files import SamplePaths, paths_in, write_csv, write_json, write_jsonl
from service.sample.graph import links_of, make_follows, make_reposts
from service.sample.labelled import labelled_texts
from service.sample.people import Account, make_accounts, make_customers, new_accounts
from service.sample.pieces import Link, Piece
from service.sample.planted import co_reposts, make_attack, make_crisis
from service.sample.purchases import Event, Order, make_engagement, make_orders, with_refunds
from service.sample.reviews import make_reviews
from service.sample.support import make_sessions
from service.sample.truth import truth_of

SEED = 20250630
END = date(2025, 6, 30)
ATTACKERS = 12
FEEDBACK = ("id", "text", *FEEDBACK_CONTEXT)
ORDERS = (
    "order_id",
    "customer_id",
    "ordered_at",
    "amount",
    "refunded",
    "refunded_at",
    "channel",
    "product",
)
ENGAGEMENT = ("customer_id", "event", "at", "value")
ACCOUNTS = (
    "account_id",
    "customer_id",
    "platform",
    "followers",
    "following",
    "posts",
    "verified",
    "created_at",
)
EDGES = ("source", "target", "kind", "at")
INDUSTRY = {product.name: product.industry for product in PRODUCTS.values()}


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything in the sample, each part sorted by time (accounts: by followers)."""

    calendar: Calendar
    pieces: list[Piece]
    orders: list[Order]
    events: list[Event]
    accounts: list[Account]
    links: list[Link]


def write_sample(folder: Path, seed: int = SEED, end: date = END) -> SamplePaths:
    """Write the sample's files into `folder`, which is made if missing.

    Parameters
    ----------
    folder
        Files of the same names in it are replaced.
    seed
        The same seed and end give the same bytes.
    end
        The last of the 60 days. Everything in the files happened on or before it.

    Returns
    -------
    SamplePaths
        Where each file is.

    Raises
    ------
    OSError
        If the folder or a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sample, paths = make_sample(seed, end), paths_in(folder)
    rows = numbered(sample.pieces)
    write_csv(paths.feedback, FEEDBACK, (r for r in rows if r["channel"] != "transcript"))
    write_jsonl(paths.transcripts, ({c: r.get(c) for c in FEEDBACK} for r in rows if r["turn"]))
    write_csv(paths.orders, ORDERS, map(asdict, sample.orders))
    write_csv(paths.engagement, ENGAGEMENT, map(asdict, sample.events))
    write_csv(paths.accounts, ACCOUNTS, map(asdict, sample.accounts))
    write_csv(paths.edges, EDGES, map(asdict, sample.links))
    write_jsonl(paths.labels, labelled_texts(seed))
    write_json(paths.truth, truth_of(rows, sample.calendar, seed))
    return paths


def make_sample(seed: int = SEED, end: date = END) -> Sample:
    """Return the sample of one seed; each part has its own stream of random numbers."""
    calendar, stream = Calendar(end), _streams(seed)
    accounts = make_accounts(calendar, stream("accounts"))
    attackers = new_accounts(ATTACKERS, calendar, stream("attackers"))
    customers = make_customers(accounts, stream("customers"))
    orders = make_orders(customers, calendar, stream("orders"))
    reviews = make_reviews(orders, customers, calendar, stream("reviews"))
    unhappy = {review.order_id for review in reviews if review.severity > 1}
    attack = make_attack(attackers, calendar, stream("attack"))
    pieces = [
        *(review.piece for review in reviews),
        *make_comments(accounts, calendar, stream("comments")),
        *make_adverts(accounts, calendar, stream("adverts")),
        *make_disclosures(accounts, calendar, stream("disclosures")),
        *make_sessions(orders, customers, calendar, stream("sessions")),
        *make_crisis(accounts, calendar, stream("crisis")),
        *attack,
    ]
    links = [
        *make_follows(accounts, calendar, stream("follows")),
        *make_reposts(accounts, calendar, stream("reposts")),
        *links_of(pieces),
        *co_reposts(attackers, attack, stream("co-reposts")),
    ]
    return Sample(
        calendar=calendar,
        pieces=sorted(pieces, key=lambda piece: (piece.created_at, piece.handle)),
        orders=with_refunds(orders, unhappy, calendar, stream("refunds")),
        events=make_engagement(customers, calendar, stream("engagement")),
        accounts=sorted([*accounts, *attackers], key=lambda account: account.account_id),
        links=sorted(links, key=lambda link: (link.at, link.source, link.target)),
    )


def _streams(seed: int) -> Callable[[str], Random]:
    def stream(part: str) -> Random:
        return Random(f"{seed}/{part}")  # noqa: S311 - a sample to be repeated, not a secret

    return stream


def numbered(pieces: list[Piece]) -> list[dict[str, object]]:
    """Return the rows of the pieces: ids count them in time, so that an id tells nothing."""
    id_of = {piece.handle: f"f{place + 1:06d}" for place, piece in enumerate(pieces)}
    return [
        {**asdict(piece), "id": id_of[piece.handle], "parent_id": id_of.get(piece.parent, "")}
        | {"industry": INDUSTRY[piece.product]}
        for piece in pieces
    ]

"""What is said on the social platforms on ordinary days, adverts included."""

from datetime import datetime
from random import Random
from types import MappingProxyType

from service.sample.brand import CITY_REGION, GOODS, PRODUCTS
from service.sample.calendar import Calendar
from service.sample.people import Account
from service.sample.pieces import Occasion, Piece
from service.sample.texts import Deck, HandText, drawn, handwritten, spoken

COMMENTS = 330
ADVERTS = 18
REPLY_SHARE = 0.25
STORE_SHARE = 0.3
HARDLY_FOLLOWED = 40
MOODS = MappingProxyType({"positive": 0.33, "neutral": 0.35, "negative": 0.32})


def make_comments(accounts: list[Account], calendar: Calendar, rng: Random) -> list[Piece]:
    """Return social comments; a quarter of them answer an earlier one."""
    deck = Deck(handwritten("comments") + handwritten("scripts"))
    shares = [*(PRODUCTS[key].share for key in GOODS), STORE_SHARE]
    activity = [account.activity for account in accounts]
    talk: list[Piece] = []
    for number, moment in enumerate(calendar.moments(COMMENTS, rng, promotion=3.2)):
        product = rng.choices((*GOODS, "store"), shares)[0]
        author = rng.choices(accounts, activity)[0]
        earlier = answerable(talk, author.platform, moment)[-8:]
        parent = rng.choice(earlier).handle if earlier and rng.random() < REPLY_SHARE else ""
        occasion = Occasion(f"comment-{number:04d}", moment, product, parent)
        talk.append(posted(author, drawn(deck, product, MOODS, rng), occasion, rng))
    return talk


def make_adverts(accounts: list[Account], calendar: Calendar, rng: Random) -> list[Piece]:
    """Return adverts, posted by the accounts that hardly anyone follows."""
    texts = handwritten("spam")
    drawn_texts = [*texts, *rng.sample(texts, k=ADVERTS - len(texts))]
    return _scattered("advert", drawn_texts, accounts[-HARDLY_FOLLOWED:], calendar, rng)


def make_disclosures(accounts: list[Account], calendar: Calendar, rng: Random) -> list[Piece]:
    """Return comments with (made-up) personal data in them, each hand-written one once."""
    return _scattered("disclosure", list(handwritten("personal")), accounts, calendar, rng)


def _scattered(
    name: str, texts: list[HandText], accounts: list[Account], calendar: Calendar, rng: Random
) -> list[Piece]:
    moments = calendar.moments(len(texts), rng)
    rng.shuffle(moments)
    occasions = [
        Occasion(f"{name}-{number:03d}", moment, rng.choice(text.products))
        for number, (moment, text) in enumerate(zip(moments, texts, strict=True))
    ]
    return [
        posted(rng.choice(accounts), text, occasion, rng)
        for text, occasion in zip(texts, occasions, strict=True)
    ]


def answerable(talk: list[Piece], platform: str, moment: datetime) -> list[Piece]:
    """Return what can be answered or reposted: said earlier, on the same platform."""
    return [p for p in talk if p.platform == platform and p.created_at < moment]


def posted(
    author: Account, text: HandText, occasion: Occasion, rng: Random, warmth: float = 1.0
) -> Piece:
    """Return the text as `author` posts it, with the reactions that such an author gets.

    Reactions grow with the square root of the followers, with a long tail; `warmth` multiplies
    them.
    """
    likes = int(warmth * author.followers**0.5 * rng.lognormvariate(-0.7, 1.0))
    return Piece(
        handle=occasion.handle,
        text=spoken(text, occasion.product, author.city, rng),
        created_at=occasion.moment,
        channel="comment",
        platform=author.platform,
        source=text.key,
        product=PRODUCTS[occasion.product].name,
        region=CITY_REGION[author.city],
        author_id=author.account_id,
        customer_id=author.customer_id,
        parent=occasion.parent,
        likes=likes,
        reposts=int(likes * rng.uniform(0.0, 0.25)),
        saves=int(likes * rng.uniform(0.0, 0.3)),
        replies=int(likes * rng.uniform(0.0, 0.35)),
        author_followers=author.followers,
    )

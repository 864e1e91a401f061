"""What buyers write in the shops: some are customers we know, some we do not."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from types import MappingProxyType

from service.sample.brand import CITY_REGION, GOODS, PRODUCTS, SHOP_PLATFORMS
from service.sample.calendar import Calendar
from service.sample.people import Customer
from service.sample.pieces import Occasion, Piece
from service.sample.purchases import Order
from service.sample.texts import Deck, drawn, handwritten, spoken

STRANGERS = 270
REVIEWED_SHARE = 0.62
MOODS = MappingProxyType({"positive": 0.50, "neutral": 0.14, "negative": 0.36})
RATINGS = MappingProxyType(
    {"positive": (5, 5, 5, 4), "neutral": (4, 3, 5), "negative": (1, 1, 2, 3)}
)
KEY_OF = MappingProxyType({product.name: key for key, product in PRODUCTS.items()})


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who reviews; order and customer are empty for a buyer we do not know."""

    author_id: str
    city: str
    shop: str
    customer_id: str = ""
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A review, the order it is about, and how severe its writer meant it to be."""

    piece: Piece
    order_id: str
    severity: int


def make_reviews(
    orders: list[Order], customers: list[Customer], calendar: Calendar, rng: Random
) -> list[Review]:
    """Return reviews: most orders of the 60 days get one, and unknown buyers write as well."""
    known = {customer.customer_id: customer for customer in customers}
    bought = [order for order in orders if rng.random() < REVIEWED_SHARE]
    told = [_of_order(order, known[order.customer_id], rng) for order in bought]
    told = [pair for pair in told if calendar.start <= pair[0].moment.date() <= calendar.end]
    deck = Deck(handwritten("reviews"))
    return [
        _review(occasion, buyer, deck, rng)
        for occasion, buyer in [*told, *_of_strangers(calendar, rng)]
    ]


def _of_order(order: Order, customer: Customer, rng: Random) -> tuple[Occasion, Buyer]:
    moment = order.ordered_at + timedelta(days=rng.randint(2, 9), minutes=rng.randrange(300))
    author = customer.account_id or f"buyer-{customer.customer_id}"
    buyer = Buyer(author, customer.city, order.channel, customer.customer_id, order.order_id)
    return Occasion(f"review-{order.order_id}", moment, KEY_OF[order.product]), buyer


def _of_strangers(calendar: Calendar, rng: Random) -> list[tuple[Occasion, Buyer]]:
    moments = calendar.moments(STRANGERS, rng, promotion=2.0)
    shares = [*(PRODUCTS[key].share for key in GOODS), 0.1]
    products = rng.choices((*GOODS, "store"), shares, k=STRANGERS)
    shops = rng.choices(tuple(SHOP_PLATFORMS), tuple(SHOP_PLATFORMS.values()), k=STRANGERS)
    cities = rng.choices(tuple(CITY_REGION), k=STRANGERS)
    return [
        (Occasion(f"review-x{n:04d}", moment, product), Buyer(f"buyer-x{n:04d}", city, shop))
        for n, (moment, product, city, shop) in enumerate(
            zip(moments, products, cities, shops, strict=True)
        )
    ]


def _review(occasion: Occasion, buyer: Buyer, deck: Deck, rng: Random) -> Review:
    text = drawn(deck, occasion.product, MOODS, rng)
    piece = Piece(
        handle=occasion.handle,
        text=spoken(text, occasion.product, buyer.city, rng),
        created_at=occasion.moment,
        channel="review",
        platform=buyer.shop,
        source=text.key,
        product=PRODUCTS[occasion.product].name,
        region=CITY_REGION[buyer.city],
        author_id=buyer.author_id,
        customer_id=buyer.customer_id,
        likes=int(rng.paretovariate(1.3)) - 1,
        rating=rng.choice(RATINGS[text.sentiment]),
    )
    return Review(piece, buyer.order_id, text.severity)

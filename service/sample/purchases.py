"""What the customers of the sample do in the shop: orders (fen), refunds, visits."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from service.sample.brand import GOODS, PRODUCTS, SHOP_PLATFORMS
from service.sample.calendar import Calendar, moment_of
from service.sample.people import Customer

HISTORY_DAYS = 400
ENGAGEMENT_DAYS = 90
YEAR = 365.0
_EVENTS = ("view", "view", "view", "view", "search", "search", "add_to_cart", "like", "save")
_RARE_EVENTS = ("share", "login", "login", "device")


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `amount` and `refunded` are in fen, `refunded_at` is empty where all was kept."""

    order_id: str
    customer_id: str
    ordered_at: datetime
    amount: int
    refunded: int
    channel: str
    product: str
    refunded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a customer did; `value` only for `nps`, 0 to 10."""

    customer_id: str
    event: str
    at: datetime
    value: int | None = None


def make_orders(customers: list[Customer], calendar: Calendar, rng: Random) -> list[Order]:
    """Return the orders of `HISTORY_DAYS` days, oldest first; one in 25 is sent back."""
    drafts = [draft for customer in customers for draft in _drafts(customer, calendar, rng)]
    drafts.sort(key=lambda order: (order.ordered_at, order.customer_id))
    return [replace(order, order_id=f"o{n + 1:06d}") for n, order in enumerate(drafts)]


def _drafts(customer: Customer, calendar: Calendar, rng: Random) -> list[Order]:
    habit = customer.habit
    last = calendar.end - timedelta(days=habit.stopped_days_ago)
    span = HISTORY_DAYS - habit.stopped_days_ago
    often = habit.orders_a_year * rng.lognormvariate(0.0, 0.35)
    count = max(1, round(rng.gammavariate(often, 1.0) * span / YEAR))
    days = [last - timedelta(days=rng.randrange(span)) for _ in range(count)]
    on_sale = [calendar.promotion] if not habit.stopped_days_ago and rng.random() < 0.22 else []
    return [_order(customer, day, calendar, rng) for day in [*days, *on_sale]]


def _order(customer: Customer, day: date, calendar: Calendar, rng: Random) -> Order:
    product = rng.choices(GOODS, [PRODUCTS[key].share for key in GOODS])[0]
    price = PRODUCTS[product].price * (0.8 if day == calendar.promotion else 1.0)
    amount = round(price * _quantity(product, rng) * customer.habit.spending ** rng.random())
    order = Order(
        order_id="",
        customer_id=customer.customer_id,
        ordered_at=moment_of(day, rng),
        amount=amount,
        refunded=0,
        channel=rng.choices(tuple(SHOP_PLATFORMS), tuple(SHOP_PLATFORMS.values()))[0],
        product=PRODUCTS[product].name,
    )
    return _paid_back(order, calendar, rng) if rng.random() < 0.04 else order


def _paid_back(order: Order, calendar: Calendar, rng: Random) -> Order:
    """Return the order paid back in whole; where that is after the last day, as it was."""
    paid_at = order.ordered_at + timedelta(days=rng.randint(3, 14), minutes=rng.randrange(300))
    if paid_at.date() > calendar.end:
        return order
    return replace(order, refunded=order.amount, refunded_at=paid_at)


def _quantity(product: str, rng: Random) -> int:
    if product == "nuts" and rng.random() < 0.04:
        return rng.choice((20, 30, 50, 100))
    return 1 + int(rng.paretovariate(2.2) - 1)


def with_refunds(
    orders: list[Order], unhappy: Iterable[str], calendar: Calendar, rng: Random
) -> list[Order]:
    """Return the orders; of those in `unhappy` (order ids) two in five are paid back."""
    back = {order_id for order_id in sorted(unhappy) if rng.random() < 0.4}
    return [_paid_back(o, calendar, rng) if o.order_id in back else o for o in orders]


def make_engagement(customers: list[Customer], calendar: Calendar, rng: Random) -> list[Event]:
    """Return what customers did in the app over `ENGAGEMENT_DAYS` days, oldest first."""
    events = [event for customer in customers for event in _visits(customer, calendar, rng)]
    return sorted(events, key=lambda event: (event.at, event.customer_id, event.event))


def _visits(customer: Customer, calendar: Calendar, rng: Random) -> list[Event]:
    count = int(rng.gammavariate(2.0, customer.habit.visits / 2))
    names = [rng.choice(_EVENTS if rng.random() < 0.85 else _RARE_EVENTS) for _ in range(count)]
    visits = [Event(customer.customer_id, name, _moment(calendar, rng)) for name in names]
    if rng.random() < 0.3:
        score = min(10, max(0, round(rng.gauss(7.5, 2.2))))
        visits.append(Event(customer.customer_id, "nps", _moment(calendar, rng), score))
    return visits


def _moment(calendar: Calendar, rng: Random) -> datetime:
    day = calendar.end - timedelta(days=rng.randrange(ENGAGEMENT_DAYS))
    return moment_of(day, rng)

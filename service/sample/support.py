"""What is said in support chats: whole conversations, turn by turn, agent and customer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from random import Random

from service.sample.brand import CITY_REGION, PRODUCTS, SUPPORT_PLATFORM
from service.sample.calendar import Calendar, moment_of
from service.sample.people import Customer
from service.sample.pieces import Piece
from service.sample.purchases import Order
from service.sample.texts import HandText, fill, handwritten

SESSIONS = 68
AGENTS = 8
OPEN = range(9, 23)
RECENT_DAYS = 45


@dataclass(frozen=True, slots=True)
class _Chat:
    session_id: str
    caller: Customer
    agent: str

    def speaker(self, role: str) -> str:
        if role == "agent":
            return self.agent
        return self.caller.account_id or self.caller.customer_id


def make_sessions(
    orders: list[Order], customers: list[Customer], calendar: Calendar, rng: Random
) -> list[Piece]:
    """Return the turns of `SESSIONS` conversations; every hand-written one occurs."""
    scripts = conversations()
    drawn_scripts = [*scripts, *rng.sample(scripts, k=SESSIONS - len(scripts))]
    days = [moment.date() for moment in calendar.moments(SESSIONS, rng)]
    rng.shuffle(days)
    return [
        turn
        for number, (script, day) in enumerate(zip(drawn_scripts, days, strict=True))
        for turn in _session(number, script, _caller(script, day, orders, customers, rng), day, rng)
    ]


def conversations() -> list[list[HandText]]:
    """Return the hand-written conversations, each as its turns."""
    by_session = groupby(handwritten("transcripts"), key=lambda turn: turn.key.rsplit("-", 1)[0])
    return [list(turns) for _, turns in by_session]


def _caller(
    script: list[HandText], day: date, orders: list[Order], customers: list[Customer], rng: Random
) -> Customer:
    product = PRODUCTS[script[0].products[0]].name
    known = {customer.customer_id: customer for customer in customers}
    buyers = [
        order.customer_id
        for order in orders
        if order.product == product and 0 < (day - order.ordered_at.date()).days <= RECENT_DAYS
    ]
    return known[rng.choice(buyers)] if buyers else rng.choice(customers)


def _session(
    number: int, script: list[HandText], caller: Customer, day: date, rng: Random
) -> list[Piece]:
    chat = _Chat(f"s{number + 1:04d}", caller, f"agent-{rng.randint(1, AGENTS):02d}")
    moment = moment_of(day, rng, OPEN)
    turns = []
    for place, text in enumerate(script, start=1):
        turns.append(_turn(chat, place, text, moment, rng))
        moment += timedelta(seconds=rng.randint(8, 95))
    return turns


def _turn(chat: _Chat, place: int, text: HandText, moment: datetime, rng: Random) -> Piece:
    product = text.products[0]
    return Piece(
        handle=f"support-{chat.session_id}-{place:02d}",
        text=fill(text.text, product, chat.caller.city, rng),
        created_at=moment,
        channel="transcript",
        platform=SUPPORT_PLATFORM,
        source=text.key,
        product=PRODUCTS[product].name,
        region=CITY_REGION[chat.caller.city],
        author_id=chat.speaker(text.role),
        customer_id=chat.caller.customer_id,
        session_id=chat.session_id,
        turn=place,
        role=text.role,
    )

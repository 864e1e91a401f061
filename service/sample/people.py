"""Who is in the sample: customers with their habits, and accounts on the social platforms."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType

from service.sample.brand import CITY_REGION, SOCIAL_PLATFORMS
from service.sample.calendar import Calendar, at, moment_of

CUSTOMERS = 230
ACCOUNTS = 360
LINKED_SHARE = 0.3
KOL_FOLLOWERS = (1_180_000, 460_000, 152_000)
KOC_FOLLOWERS = (58_000, 37_500, 24_300, 18_800, 13_100, 9_600, 7_400, 6_200, 5_300)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of customer buys: orders a year, spending, visits, and days since they stopped."""

    share: float
    orders_a_year: float
    spending: float
    visits: float
    stopped_days_ago: int = 0


HABITS = MappingProxyType(
    {
        "loyal": Habit(0.09, 17.0, 2.4, 45.0),
        "regular": Habit(0.26, 7.0, 1.2, 15.0),
        "occasional": Habit(0.36, 2.6, 1.0, 7.0),
        "newcomer": Habit(0.19, 1.2, 0.9, 5.0),
        "lapsed": Habit(0.10, 9.0, 1.3, 1.0, stopped_days_ago=120),
    }
)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer; `account_id` is empty where no social account is known."""

    customer_id: str
    habit: Habit
    city: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Account:
    """One social account; `activity` is how much it posts, 1 being the usual."""

    account_id: str
    customer_id: str
    platform: str
    city: str
    followers: int
    following: int
    posts: int
    verified: bool
    created_at: datetime
    activity: float


def make_accounts(calendar: Calendar, rng: Random) -> list[Account]:
    """Return the accounts, the most followed first; a few are KOL and KOC, most are ordinary."""
    ordinary = sorted((int(rng.lognormvariate(5.1, 1.1)) for _ in range(ACCOUNTS)), reverse=True)
    followers = [*KOL_FOLLOWERS, *KOC_FOLLOWERS, *ordinary]
    return [_account(number, count, calendar, rng) for number, count in enumerate(followers)]


def _account(number: int, followers: int, calendar: Calendar, rng: Random) -> Account:
    influencer = followers >= min(KOC_FOLLOWERS)
    linked = rng.random() < LINKED_SHARE and followers < min(KOL_FOLLOWERS)
    age = timedelta(days=rng.randint(200, 3_000))
    return Account(
        account_id=f"acc-{number + 1:04d}",
        customer_id=f"c{number + 1:04d}" if linked and number < CUSTOMERS else "",
        platform=_platform(number, rng),
        city=rng.choice(tuple(CITY_REGION)),
        followers=followers,
        following=int(rng.lognormvariate(5.0, 0.7)),
        posts=int(rng.lognormvariate(7.0 if influencer else 5.0, 0.9)),
        verified=followers >= min(KOL_FOLLOWERS) or (influencer and rng.random() < 0.5),
        created_at=moment_of(calendar.start - age, rng),
        activity=2.5 if influencer else rng.lognormvariate(0.0, 0.8),
    )


def _platform(number: int, rng: Random) -> str:
    platforms = tuple(SOCIAL_PLATFORMS)
    if number < len(KOL_FOLLOWERS):
        return platforms[number]
    return rng.choices(platforms, tuple(SOCIAL_PLATFORMS.values()))[0]


def make_customers(accounts: list[Account], rng: Random) -> list[Customer]:
    """Return the customers; those whose account is known live where the account says."""
    known = {account.customer_id: account for account in accounts if account.customer_id}
    return [_customer(f"c{n + 1:04d}", known, rng) for n in range(CUSTOMERS)]


def _customer(customer_id: str, known: dict[str, Account], rng: Random) -> Customer:
    kinds = tuple(HABITS.values())
    habit = rng.choices(kinds, [kind.share for kind in kinds])[0]
    account = known.get(customer_id)
    city = account.city if account else rng.choice(tuple(CITY_REGION))
    return Customer(customer_id, habit, city, account.account_id if account else "")


def new_accounts(count: int, calendar: Calendar, rng: Random) -> list[Account]:
    """Return accounts made for an attack: a few days old, hardly followed, hardly used."""
    born = at(calendar.attack_start.date(), 9)
    return [
        Account(
            account_id=f"acc-{5_000 + number:04d}",
            customer_id="",
            platform="微博",
            city=rng.choice(tuple(CITY_REGION)),
            followers=rng.randint(0, 24),
            following=rng.randint(150, 600),
            posts=rng.randint(3, 20),
            verified=False,
            created_at=born - timedelta(days=rng.randint(1, 9), minutes=rng.randrange(600)),
            activity=0.0,
        )
        for number in range(count)
    ]

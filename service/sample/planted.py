"""What is planted: a crisis that grows by itself, and an attack that is made to look like one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from service.sample.calendar import Calendar, moment_of
from service.sample.comments import answerable, posted
from service.sample.people import KOC_FOLLOWERS, KOL_FOLLOWERS, Account
from service.sample.pieces import Link, Occasion, Piece
from service.sample.texts import HandText, handwritten

CRISIS_PRODUCT = "kettle"
CRISIS_MINUTES = 600
CRISIS_POSTS = 92
TAIL_POSTS = 10
KOL_AFTER = timedelta(minutes=70)
ATTACK_PRODUCT = "nuts"
ATTACK_MINUTES = 40
ATTACK_POSTS = 31
ATTACK_TAILS = ("", "", "！", "[怒]", "😡", " #云岭坚果#", " 速看", "！！！", " 求扩散", "🙏🙏")


def make_crisis(accounts: list[Account], calendar: Calendar, rng: Random) -> list[Piece]:
    """Return the posts about handles that break and scald, oldest first.

    One post starts it, a KOL reposts it 70 minutes later, and it grows for ten hours; a few more
    follow on the next day. Answers and reposts name the post they belong to.
    """
    first, call, *others = handwritten("crisis")
    moments = _crisis_moments(calendar, rng)
    starter, kol = _starter_and_kol(accounts)
    opening = Occasion("crisis-000", calendar.crisis_start, CRISIS_PRODUCT)
    repost = Occasion("crisis-001", calendar.crisis_start + KOL_AFTER, CRISIS_PRODUCT, "crisis-000")
    posts = [posted(starter, first, opening, rng, 40.0), posted(kol, call, repost, rng, 6.0)]
    answers = rng.choices(handwritten("crisis_replies"), k=len(moments) - len(others))
    texts = rng.sample([*others, *answers], k=len(moments))
    for number, (moment, text) in enumerate(zip(moments, texts, strict=True), start=2):
        author = rng.choices(accounts, [0.3 + account.activity for account in accounts])[0]
        parent = _parent(text, answerable(posts, author.platform, moment), rng)
        occasion = Occasion(f"crisis-{number:03d}", moment, CRISIS_PRODUCT, parent)
        posts.append(posted(author, text, occasion, rng, 3.0))
    return sorted(posts, key=lambda post: post.created_at)


def _starter_and_kol(accounts: list[Account]) -> tuple[Account, Account]:
    kol = next(a for a in accounts if a.followers == KOL_FOLLOWERS[0])
    ordinary = (a for a in accounts if a.followers < min(KOC_FOLLOWERS) // 10)
    starter = next(a for a in ordinary if a.platform == kol.platform)
    return starter, kol


def _crisis_moments(calendar: Calendar, rng: Random) -> list[datetime]:
    """Return when the other posts appear: their rate grows with time^(2/3) over ten hours."""
    count = CRISIS_POSTS - 2
    places = ((number + rng.random()) / count for number in range(count))
    grown = [calendar.crisis_start + timedelta(minutes=CRISIS_MINUTES * p**0.6) for p in places]
    next_day = calendar.crisis_start.date() + timedelta(days=1)
    tail = sorted(moment_of(next_day, rng, range(7, 24)) for _ in range(TAIL_POSTS))
    return [moment.replace(microsecond=0) for moment in grown] + tail


def _parent(text: HandText, earlier: Sequence[Piece], rng: Random) -> str:
    if not earlier or not text.key.startswith("crisis_replies"):
        return ""
    seen = [1 + post.likes for post in earlier]
    return rng.choices(earlier, seen)[0].handle


def make_attack(attackers: list[Account], calendar: Calendar, rng: Random) -> list[Piece]:
    """Return the posts of the attack: one message, hardly changed, from a dozen new accounts."""
    seconds = sorted(rng.sample(range(ATTACK_MINUTES * 60), k=ATTACK_POSTS))
    texts = rng.choices(handwritten("attack"), k=ATTACK_POSTS)
    order = [attackers[number % len(attackers)] for number in range(ATTACK_POSTS)]
    rng.shuffle(order)
    return [
        _attack_post(number, author, text, calendar.attack_start + timedelta(seconds=second), rng)
        for number, (author, text, second) in enumerate(zip(order, texts, seconds, strict=True))
    ]


def _attack_post(
    number: int, author: Account, text: HandText, moment: datetime, rng: Random
) -> Piece:
    parent = f"attack-{rng.randrange(number):03d}" if number and rng.random() < 0.4 else ""
    occasion = Occasion(f"attack-{number:03d}", moment, ATTACK_PRODUCT, parent)
    bare = replace(text, text=text.text.rstrip("！") + rng.choice(ATTACK_TAILS))
    return replace(posted(author, bare, occasion, rng), text=bare.text)


def co_reposts(attackers: list[Account], posts: list[Piece], rng: Random) -> list[Link]:
    """Return the reposts by which the attackers carry each other's posts, minutes after each."""
    return [
        Link(helper.account_id, post.author_id, "repost", _soon_after(post.created_at, rng))
        for post in posts
        for helper in rng.sample(attackers, k=4)
        if helper.account_id != post.author_id
    ]


def _soon_after(moment: datetime, rng: Random) -> datetime:
    return moment + timedelta(seconds=rng.randint(5, 240))

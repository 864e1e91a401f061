"""When a message is tried again, and for how long a route rests that does not answer."""

from datetime import timedelta

SCHEDULE = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The wait before each try: Standard Webhooks 1.0, "Retry schedule"; about 75 hours in all."""

JITTER = 0.1
FIRST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
LONGEST_RETRY_AFTER = timedelta(hours=24)


def wait_before(
    attempts: int, chance: float, retry_after: timedelta | None = None
) -> timedelta | None:
    """Return how long to wait after a number of failed tries; None: it is dead.

    Parameters
    ----------
    attempts
        Tries so far, at least 1.
    chance
        Uniform in [0, 1); moves the wait by up to a tenth either way.
    retry_after
        What the receiver asked for; waited for where it is longer, up to a day.
    """
    if attempts >= len(SCHEDULE):
        return None
    wait = SCHEDULE[attempts] * (1.0 + JITTER * (2.0 * chance - 1.0))
    return max(wait, min(retry_after or timedelta(0), LONGEST_RETRY_AFTER))


def rest_after(failures: int, chance: float, retry_after: timedelta | None = None) -> timedelta:
    """Return how long a route rests after failures in a row (at least 1): 5 s, doubled, to 5 min.

    Others are sent meanwhile; without it a host that is out of reach would take a place at every
    turn, once for each of its messages.
    """
    rest = min(FIRST_REST * (1 << min(failures - 1, 16)), LONGEST_REST)
    rest *= 1.0 + JITTER * (2.0 * chance - 1.0)
    return max(rest, min(retry_after or timedelta(0), LONGEST_RETRY_AFTER))

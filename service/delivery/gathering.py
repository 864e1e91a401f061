"""How many waiting events become one message."""

from collections.abc import Callable


def how_many(
    waiting: int, room: int | None, window_seconds: int, fits: Callable[[int], bool]
) -> int:
    """Return how many of the waiting events, the oldest first, go into the next message.

    One at a time, while the channel takes as many messages as there are events. Where it takes
    fewer, or the route asks for a window, as many as one message holds.

    Parameters
    ----------
    waiting
        At least 1.
    room
        How many messages the channel takes now; None: any number.
    fits
        Whether so many of them fit into one message; if a number does, fewer do.
    """
    crowded = room is not None and waiting > room
    if waiting == 1 or not (crowded or window_seconds):
        return 1
    low, high = 1, waiting
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low

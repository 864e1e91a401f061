"""May this event be told? The one place where silences and inhibition join in.

The worker asks once for every event, before it looks at the routes; what is not told stays in the
outbox and in the audit trail. The question is put with the session, so that an answer can look into
the tables.
"""

from collections.abc import Callable

from sqlalchemy.orm import Session

from service.delivery.happened import Happened

MayNotify = Callable[[Session, Happened], bool]


def always(_session: Session, _event: Happened) -> bool:
    """Return True: every event may be told."""
    return True

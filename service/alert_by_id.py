"""One alert by its id, for every domain that reads or writes about alerts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database.tables import Alert
from service.errors import NotFoundError


def get(session: Session, alert_id: str, *, lock: bool = False) -> Alert | None:
    """Return one alert, or None; with `lock` nobody else moves it until the transaction ends."""
    wanted = select(Alert).where(Alert.id == alert_id)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def found(session: Session, alert_id: str, *, lock: bool = False) -> Alert:
    """Return one alert; with `lock` nobody else moves it until the transaction ends.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    alert = get(session, alert_id, lock=lock)
    if alert is None:
        raise NotFoundError("There is no alert with this id.", "没有此编号的告警。")
    return alert

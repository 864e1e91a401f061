"""The complaint desk."""

from sqlalchemy.orm import Session

from service.complaints import store
from service.complaints.schemas import Complaint, ComplaintPage
from service.database.tables import Feedback, Signal


def show_page(
    session: Session, filters: store.Filters, cursor: str | None, limit: int
) -> ComplaintPage:
    """Return one page of the desk."""
    found = store.listed(session, filters, cursor, limit)
    items = [_as_shown(row[0], row[1]) for row in found.rows]
    return ComplaintPage(items=items, next_cursor=found.next_cursor)


def _as_shown(feedback: Feedback, signal: Signal) -> Complaint:
    fields = {
        name: getattr(feedback, name, getattr(signal, name, None))
        for name in Complaint.model_fields
    }
    fields.update(feedback_id=feedback.id, text=feedback.masked_text, categories=signal.complaint)
    return Complaint.model_validate(fields)

"""Silences: for a time, alerts that match are recorded and tell nobody."""

from service.silences.matching import AlertLabels, Matchers, SilenceSpan, silenced_by

__all__ = ["AlertLabels", "Matchers", "SilenceSpan", "silenced_by"]

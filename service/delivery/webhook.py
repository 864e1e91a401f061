"""Webhooks: Standard Webhooks 1.0, with a body of our own or the one of Alertmanager (v4)."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from nlp.message import Message
from service.delivery.happened import Happened
from service.delivery.letters import HttpRequest, Letter, Outcome, Part, Reply, Style
from service.delivery.messages import headline
from service.delivery.signing import webhook_headers
from service.delivery.splitting import byte_length

LARGEST = 20_000 - 1
SHRINKING: tuple[dict[str, int], ...] = (
    {},
    {"evidence": 5, "quotes": 2},
    {"evidence": 5, "quotes": 0, "reasons": 2},
    {"evidence": 0, "quotes": 0, "reasons": 0, "keyphrases": 0},
)
NEVER = "0001-01-01T00:00:00Z"


def parts(events: Sequence[Happened], style: Style) -> list[Part]:
    """Return the bodies for these events: one where they fit, else one for each half of them."""
    text = _fitting(events, style)
    if text is None and len(events) > 1:
        middle = len(events) // 2
        return [*parts(events[:middle], style), *parts(events[middle:], style)]
    return [Part("", text if text is not None else _text(events, style, SHRINKING[-1], 100))]


def request(letter: Letter) -> HttpRequest:
    """Return the signed POST."""
    signed = webhook_headers(letter.part.text, letter.message_id, letter.at, letter.secrets)
    headers = {"content-type": "application/json"} | signed
    return HttpRequest(letter.target, headers, letter.part.text.encode())


def verdict(reply: Reply) -> Outcome:
    """Return what a status means: 2xx arrived, 410 wants no more, anything else is tried again."""
    if 200 <= reply.status < 300:
        return Outcome(status=reply.status)
    error = "redirect" if 300 <= reply.status < 400 else f"http {reply.status}"
    return Outcome(
        error,
        reply.status,
        retry_after=reply.retry_after,
        gone=reply.status == 410,
        crowded=reply.status in (429, 503) and reply.retry_after is not None,
    )


def _fitting(events: Sequence[Happened], style: Style) -> str | None:
    """Return the fullest body below the size that Standard Webhooks allows."""
    for most in SHRINKING if len(events) == 1 else SHRINKING[:1]:
        text = _text(events, style, most)
        if byte_length(text) <= LARGEST:
            return text
    return None


def _text(
    events: Sequence[Happened], style: Style, most: Mapping[str, int], longest: int = 2000
) -> str:
    value = FORMATS[style.format](events, style, most, longest)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _standard(
    events: Sequence[Happened], _style: Style, most: Mapping[str, int], longest: int
) -> dict[str, Any]:
    """Return `type`, `timestamp` and `data`; several events stand in a list under `data.events`."""
    datas = [_data(event, most, longest) for event in events]
    stamp = max(event.at for event in events)
    if len(events) == 1:
        return {"type": f"alert.{events[0].event}", "timestamp": _iso(stamp), "data": datas[0]}
    return {"type": "alert.several", "timestamp": _iso(stamp), "data": {"events": datas}}


def _data(event: Happened, most: Mapping[str, int], longest: int) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "event": event.event,
        "at": _iso(event.at),
        "alert_id": event.alert_id,
        "fingerprint": event.fingerprint,
        "incident": event.incident,
        "product": event.product[:longest],
        "category": event.category and event.category[:longest],
        "state": event.state,
        "version": event.version,
        "level": event.level,
        "severity": event.severity,
        "observed": event.observed,
        "expected": event.expected,
        "upper": event.upper,
        "p": event.p,
        "onset": _iso(event.onset),
        "until": _iso(event.until),
        "raised_at": _iso(event.raised_at),
        "who": event.who[:longest],
        "note": _note(event.note, longest),
        "role": event.role,
        "suspected_coordination": event.suspected_coordination,
        "keyphrases": list(event.keyphrases),
        "quotes": [{"id": own, "text": text} for own, text in event.quotes],
        "reasons": [{"en": reason.en, "zh": reason.zh} for reason in event.reasons],
        "evidence": list(event.evidence),
        "evidence_count": event.evidence_count,
    }
    return whole | {name: whole[name][:count] for name, count in most.items()}


def _note(note: str | Message | None, longest: int) -> str | None:
    text = f"{note.en} · {note.zh}" if isinstance(note, Message) else note
    return text and text[:longest]


def _alertmanager(
    events: Sequence[Happened], style: Style, most: Mapping[str, int], longest: int
) -> dict[str, Any]:
    """Return version 4 of the body that Alertmanager sends to its webhooks.

    Source: prometheus.io/docs/alerting/latest/configuration, `webhook_config`.
    """
    alerts = [_prometheus(event, style, most, longest) for event in events]
    firing = any(alert["status"] == "firing" for alert in alerts)
    group = {"alertname": "tingyin"}
    return {
        "version": "4",
        "groupKey": '{}:{alertname="tingyin"}',
        "truncatedAlerts": 0,
        "status": "firing" if firing else "resolved",
        "receiver": "tingyin",
        "groupLabels": group,
        "commonLabels": group,
        "commonAnnotations": {},
        "externalURL": "",
        "alerts": alerts,
    }


def _prometheus(
    event: Happened, style: Style, most: Mapping[str, int], longest: int
) -> dict[str, Any]:
    proofs = event.evidence[: most.get("evidence", len(event.evidence))]
    return {
        "status": "resolved" if event.over else "firing",
        "labels": {
            "alertname": "tingyin",
            "alert_id": event.alert_id,
            "product": event.product[:longest],
            "category": (event.category or "")[:longest],
            "level": str(event.level),
            "event": event.event,
        },
        "annotations": {
            "summary": headline(event, style.language),
            "observed": str(event.observed),
            "expected": f"{event.expected:.2f}",
            "evidence": ",".join(proofs),
        },
        "startsAt": _iso(event.onset),
        "endsAt": _iso(event.at) if event.over else NEVER,
        "generatorURL": "",
        "fingerprint": event.fingerprint,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat()


_Writer = Callable[[Sequence[Happened], Style, Mapping[str, int], int], dict[str, Any]]
FORMATS: Mapping[str, _Writer] = MappingProxyType(
    {"standard": _standard, "alertmanager": _alertmanager}
)

r"""Signatures: Standard Webhooks 1.0, Feishu's and DingTalk's.

The two robots mix up key and message in different ways: Feishu signs an empty message with
`timestamp\nsecret` as the key, in seconds; DingTalk signs `timestamp\nsecret` with the secret as
the key, in milliseconds.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64


def new_secret() -> str:
    """Return a fresh secret of 32 bytes, as Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_webhook_secret(secret: str) -> bool:
    """Return whether a text is `whsec_` and 24 to 64 bytes in base64."""
    if not secret.startswith(PREFIX):
        return False
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        return False
    return SHORTEST <= len(raw) <= LONGEST


def webhook_headers(
    body: str, message_id: str, at: datetime, signing: Sequence[str]
) -> dict[str, str]:
    """Return the headers that prove a webhook: one signature for every secret that is valid."""
    signatures = [Webhook(secret).sign(message_id, at, body) for secret in signing]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def feishu_signature(secret: str, seconds: int) -> str:
    """Return the `sign` of Feishu for a time in seconds."""
    return _hmac(f"{seconds}\n{secret}", "")


def dingtalk_signature(secret: str, milliseconds: int) -> str:
    """Return the `sign` of DingTalk for a time in milliseconds, not yet URL-encoded."""
    return _hmac(secret, f"{milliseconds}\n{secret}")


def _hmac(key: str, message: str) -> str:
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()

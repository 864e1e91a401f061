"""What stands for a text where the text itself is not kept."""

import hashlib

KEY_DIGITS = 24


def text_key(text: str) -> str:
    """Return the key of a text: the first hex digits of its SHA-256.

    >>> text_key("客服不理人")
    '9ce8127903d792791f99f09b'
    """
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:KEY_DIGITS]

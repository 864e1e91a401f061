"""The check of the guide holds on what is really sent."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.delivery.signing import new_secret, webhook_headers

GUIDE = Path(__file__).parents[3] / "service" / "README.md"


@pytest.fixture
def is_from_tingyin():
    code = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (mine,) = [block for block in code if "def is_from_tingyin" in block]
    assert len(mine.strip().splitlines()) <= 8
    names: dict[str, object] = {}
    exec(compile(mine, "guide", "exec"), names)
    return names["is_from_tingyin"]


@pytest.mark.parametrize("place", [0, 1], ids=["new secret", "old secret"])
def test_it_accepts_ours_and_refuses_others(is_from_tingyin, place: int) -> None:
    secrets = [new_secret(), new_secret()]
    body = '{"type":"alert.raised","data":{"product":"养生壶"}}'
    headers = webhook_headers(body, "msg_1", datetime.now(UTC), secrets)
    assert is_from_tingyin(headers, body.encode(), secrets[place])
    assert not is_from_tingyin(headers, body.encode() + b" ", secrets[place])
    assert not is_from_tingyin(headers, body.encode(), new_secret())
    assert not is_from_tingyin(headers | {"webhook-id": "msg_2"}, body.encode(), secrets[place])

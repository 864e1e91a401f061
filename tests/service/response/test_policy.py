"""The response policy: the shipped one, and every wrong one refused with line, value, remedy."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from service import doctor
from service.app import create_app
from service.errors import PolicyError, SettingError
from service.response.ownership import Subject, owner_of
from service.response.policy import CLOCKS, OwnerRule
from service.response.policy_file import SHIPPED, load_policy
from service.settings import Settings

TEXT = SHIPPED.read_text(encoding="utf-8")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CHINESE = re.compile("[一-鿿]")


def test_the_overall_clocks_are_those_promised() -> None:
    rules = load_policy().clocks
    found = [getattr(rules, name).within for name in CLOCKS]
    assert found == [15 * MINUTE, 2 * HOUR, 24 * HOUR]


def test_graver_levels_are_faster() -> None:
    policy = load_policy()
    for name in CLOCKS:
        spans = [policy.clock(level, name).within for level in (1, 2, 3, 4)]
        assert spans == sorted(spans)


def test_a_level_says_only_what_is_its_own() -> None:
    rule = load_policy().clock(2, "acknowledge")
    assert (rule.within, rule.warn_before) == (10 * MINUTE, 3 * MINUTE)
    assert [link.to for link in rule.escalate] == ["pr-lead", "pr-head"]


WRONG = {
    # what of the shipped policy is replaced, by what -> words that the refusal has
    "unknown role": ("[ceo, pr-head]", "[cfo, pr-head]", ("decides.0", "'cfo'", "pr-lead")),
    "unknown role in a chain": ("to: pr-lead", "to: prlead", ("escalate.0.to", "'prlead'")),
    "unknown level": ("\n  IV:\n", "\n  V:\n", ("levels.V", "'V'")),
    "missing level": (TEXT[TEXT.index("  III:\n") : TEXT.index("  IV:\n")], "", ("III",)),
    "unknown calendar": ("calendar: 24x7", "calendar: nights", ("'nights'", "business")),
    "unknown zone": ("Asia/Shanghai", "Asia/Atlantis", ("zone", "'Asia/Atlantis'")),
    "zone outside the folder": ("zone: Asia/Shanghai", "zone: ../../x", ("zone", "'../../x'")),
    "unknown weekday": ("mon:", "mo:", ("hours.mo", "'mon'")),
    "negative span": ("within: 15m", "within: -15m", ("acknowledge.within", "'-15m'", "1h30m")),
    "span without a unit": ("within: 15m", "within: 15", ("acknowledge.within", "15", "1h30m")),
    "span of nothing": ("within: 15m", "within: 0m", ("acknowledge.within", "'0m'", "1m or more")),
    "span too long": ("within: 24h", "within: 800h", ("resolve.within", "'800h'", "720h")),
    "negative chain": ("after: 30m", "after: -1m", ("escalate.1.after", "'-1m'")),
    "warning before the start": ("warn_before: 30m", "warn_before: 2h", ("warn_before", "2h")),
    "shifts that overlap": (
        'mon: ["09:00-18:00"]',
        'mon: ["13:00-18:00", "09:00-13:30"]',
        ("hours.mon", "09:00-13:30", "13:00-18:00"),
    ),
    "a shift that ends before it starts": (
        'mon: ["09:00-18:00"]',
        'mon: ["22:00-06:00"]',
        ("hours.mon.0", "'22:00-06:00'", "22:00-24:00"),
    ),
    "a shift after midnight": ("09:00-18:00", "09:00-24:01", ("hours.mon.0", "24:01")),
    "a shift of no time": ("09:00-18:00", "09:60-18:00", ("hours.mon.0", "09:60")),
    "never open": (
        TEXT[TEXT.index("    hours:\n") : TEXT.index("    closed: []")],
        "    hours: {}\n",
        ("business.hours", "no clock would be due"),
    ),
    "open for minutes": (
        TEXT[TEXT.index("    hours:\n") : TEXT.index("    closed: []")],
        '    hours: {mon: ["09:00-09:20"]}\n',
        ("business.hours", "20 minutes"),
    ),
    "no date": ("closed: []", "closed: [soon]", ("closed.0", "'soon'", "2026-10-01")),
    "closed and open": (
        "closed: []\n    open: {}",
        'closed: [2026-12-27]\n    open: {2026-12-27: ["10:00-16:00"]}',
        ("2026-12-27", "both"),
    ),
    "a role twice in a chain": (
        "{after: 30m, to: pr-head}",
        "{after: 30m, to: pr-lead}",
        ("escalate", "'pr-lead' twice", "remind"),
    ),
    "a chain out of order": (
        "- {after: 0m, to: pr-lead}\n      - {after: 30m",
        "- {after: 1h, to: pr-lead}\n      - {after: 30m",
        ("escalate", "earliest first"),
    ),
    "reminders for nobody": (
        "    escalate:\n      - {after: 0m, to: pr-head}\n    remind: {every: 12h",
        "    remind: {every: 12h",
        ("remind", "nobody"),
    ),
    "a pause that is none": ("pauses: [suppressed]", "pauses: [lunch]", ("pauses.0", "'lunch'")),
    "a key nobody knows": ("pauses:", "pausse:", ("pausse",)),
    "a key twice": ("owners: []", "owners: []\nversion: x", ("version", "twice")),
    "a rule without an owner": ("owners: []", "owners:\n  - {product: a}", ("owners.0.owner",)),
    "no section": (TEXT, "- a", ("object",)),
    "nothing": (TEXT, "", ("object",)),
    "no YAML": ("version:", "version: [", ("cannot be read",)),
    "24x7 again": ("calendars:\n  business:", "calendars:\n  24x7:", ("24x7", "built in")),
}


@pytest.mark.parametrize(("old", "new", "words"), WRONG.values(), ids=WRONG)
def test_a_wrong_policy_is_refused(tmp_path: Path, old: str, new: str, words) -> None:
    assert old in TEXT
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as refused:
        load_policy(file)
    en, zh = refused.value.text("en"), refused.value.text("zh")
    for word in (str(file), *words):
        assert word in en, en
    assert CHINESE.search(zh)
    assert str(file) in zh


@pytest.mark.parametrize(
    ("old", "new"),
    [("within: 15m", "within: soon"), ("[ceo, pr-head]", "[cfo]"), ("owners: []", "owner: []")],
)
def test_the_line_is_the_one_in_the_file(tmp_path: Path, old: str, new: str) -> None:
    text = TEXT.replace(old, new, 1)
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    line = text[: text.index(new)].count("\n") + 1
    with pytest.raises(PolicyError, match=f"line {line}: ") as refused:
        load_policy(file)
    assert f"第 {line} 行" in refused.value.text("zh")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"a: \x00"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "mine.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PolicyError, match="cannot be read"):
        load_policy(file)


def test_a_wrong_policy_stops_the_start_before_anything_is_opened(tmp_path: Path) -> None:
    from fastapi.testclient import TestClient

    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.replace("within: 15m", "within: -15m"), encoding="utf-8")
    nowhere = SecretStr("postgresql://nobody@127.0.0.1:9/none?connect_timeout=2")
    settings = Settings(policy=file, database_url=nowhere, data_dir=tmp_path / "data")
    with (
        pytest.raises(SettingError, match=r"acknowledge\.within"),
        TestClient(create_app(settings)),
    ):
        pass


def test_doctor_checks_the_policy(tmp_path: Path) -> None:
    check = next(check for check in doctor.CHECKS if check.__name__ == "_policy")
    assert check(Settings()).well
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.replace("pr-lead: {", "pr-led: {"), encoding="utf-8")
    finding = check(Settings(policy=file))
    assert not finding.well
    assert "'pr-lead'" in finding.seen.en
    assert "TINGYIN_POLICY" in finding.remedy.en


RULES = [
    OwnerRule(product="壶*", category="safety", owner="first"),
    OwnerRule(channel="transcript", owner="second"),
    OwnerRule(product="[ab]?", owner="third"),
]
MATCHES = [
    (Subject("壶 A1", "safety", "comment"), "first"),
    (Subject("壶 A1", "safety", "transcript"), "first"),
    (Subject("壶 A1", "quality", "transcript"), "second"),
    (Subject("壶 A1", "quality", "comment"), None),
    (Subject("", "", "transcript"), "second"),
    (Subject("a1"), "third"),
    (Subject("A1"), None),
    (Subject("a12"), None),
]


@pytest.mark.parametrize(("subject", "owner"), MATCHES)
def test_the_first_rule_that_matches_wins(subject: Subject, owner: str | None) -> None:
    found = owner_of(RULES, subject)
    assert (found and found.owner) == owner

"""Settings: what may be set, and that nothing wrong is passed over."""

import os
import re
from pathlib import Path

import pytest

from nlp.errors import TingyinError
from service.errors import SettingError
from service.settings import PREFIX, READ_ELSEWHERE, Settings, load_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_the_usual_settings() -> None:
    settings = load_settings(host=None, port=None)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.data_dir == Path("tingyin-data")
    assert settings.time_zone == "Asia/Shanghai"


def test_an_option_wins_over_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINGYIN_PORT", "9000")
    assert load_settings(port=None).port == 9000
    assert load_settings(port=9001).port == 9001


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TINGYIN_PORT", "65536"),
        ("TINGYIN_PORT", "eight"),
        ("TINGYIN_HOST", ""),
        ("TINGYIN_WORKER", "perhaps"),
        ("TINGYIN_ANALYSIS_BATCH", "0"),
        ("TINGYIN_FAST_ABOVE", "-1"),
        ("TINGYIN_TIME_ZONE", "Asia/Atlantis"),
        ("TINGYIN_TIME_ZONE", "../../etc/passwd"),
        ("TINGYIN_LOG_LEVEL", "loud"),
        ("TINGYIN_PROT", "8000"),
    ],
)
def test_a_wrong_setting_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert name.removeprefix(PREFIX).lower() in refused.value.text("en").lower()
    assert re.search("[一-鿿]", refused.value.text("zh"))


def test_a_password_is_never_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINGYIN_DATABASE_URL", "postgresql://u:hush@h/d")
    monkeypatch.setenv("TINGYIN_PORT", "none")
    with pytest.raises(SettingError) as refused:
        load_settings()
    assert "hush" not in str(refused.value)
    assert "hush" not in repr(Settings(port=1))


@pytest.mark.parametrize("url", ["mysql://h/d", "nonsense", "sqlite:///x.db", "postgresql+x://h/d"])
def test_another_database_is_refused(url: str) -> None:
    from service.database import Database

    with pytest.raises(TingyinError, match="TINGYIN_DATABASE_URL"):
        Database(url).require_supported()


def test_a_server_that_is_not_there_is_told() -> None:
    from service.database import Database

    database = Database("postgresql://nobody@127.0.0.1:9/none?connect_timeout=2")
    with pytest.raises(SettingError, match="cannot be reached"):
        database.require_supported()
    database.close()


def test_every_variable_in_the_code_is_known() -> None:
    root = Path(__file__).parents[3]
    files = [file for room in ("nlp", "tiering", "service") for file in (root / room).rglob("*.py")]
    names = {
        name for file in files for name in re.findall(r"TINGYIN_[A-Z_]+[A-Z]", file.read_text())
    }
    known = {PREFIX + name.upper() for name in Settings.model_fields} | READ_ELSEWHERE
    assert names <= known

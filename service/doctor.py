"""Is everything here that Tingyin needs? One check for each thing, each with its remedy."""

import shutil
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

from nlp.errors import InexactEngineWarning, TingyinError
from nlp.message import Message
from service.database import Database, embedded_postgres
from service.installed import needed
from service.model import shipped_model
from service.response.policy_file import load_policy
from service.settings import Settings

OLDEST_PYTHON = (3, 11)
LEAST_DISK = 2 * 1024**3
QUESTION = "充电的时候特别烫，差点烧起来，客服三天没人回"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: the thing, whether it is well, what was seen, and what to do if not."""

    name: Message
    well: bool
    seen: Message
    remedy: Message | None = None


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield the findings one after the other; the slow ones come last."""
    for check in CHECKS:
        yield check(settings)


def _python(_settings: Settings) -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        Message("Python", "Python"),
        sys.version_info >= OLDEST_PYTHON,
        Message(found, found),
        Message("Install Python 3.11 or newer.", "请安装 Python 3.11 或更新版本。"),
    )


def _packages(_settings: Settings) -> Finding:
    lines = needed()
    wrong = ["tingyin missing 缺失"] if lines is None else _wrong_packages(lines)
    seen = ", ".join(wrong)
    return Finding(
        Message("Packages", "依赖包"),
        not wrong,
        Message(seen or "all there", seen or "齐全"),
        Message("Run `pip install --upgrade tingyin`.", "请运行 `pip install --upgrade tingyin`。"),
    )


def _wrong_packages(lines: list[str]) -> list[str]:
    return [text for text in map(_wrong_package, lines) if text]


def _wrong_package(line: str) -> str | None:
    need = Requirement(line)
    if need.marker is not None and not need.marker.evaluate({"extra": ""}):
        return None
    try:
        found = version(need.name)
    except PackageNotFoundError:
        return f"{need.name} missing 缺失"
    fits = need.specifier.contains(found, prereleases=True)
    return None if fits else f"{need.name} {found} ({need.specifier})"


def _data_dir(settings: Settings) -> Finding:
    folder, name = settings.data_dir.resolve(), Message("Data folder", "数据目录")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"listen")
    except OSError as error:
        seen = f"{folder}: {error.strerror}"
        remedy = Message(
            "Give a folder that can be written: --data-dir.", "请用 --data-dir 指定可写目录。"
        )
        return Finding(name, well=False, seen=Message(seen, seen), remedy=remedy)
    return Finding(name, well=True, seen=Message(str(folder), str(folder)))


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(_existing(settings.data_dir)).free
    seen = f"{free / 1024**3:.1f} GB"
    return Finding(
        Message("Free disk space", "磁盘空间"),
        free >= LEAST_DISK,
        Message(seen, seen),
        Message("Make at least 2 GB free.", "请至少腾出 2 GB。"),
    )


def _existing(folder: Path) -> Path:
    resolved = folder.resolve()
    return next(path for path in (resolved, *resolved.parents) if path.exists())


def _port(settings: Settings) -> Finding:
    name, seen = Message("Port", "端口"), f"{settings.host}:{settings.port}"
    try:
        with socket.create_server((settings.host, settings.port)):
            pass
    except OSError as error:
        told = f"{seen}: {error.strerror}"
        remedy = Message("Give a free port: --port 8001.", "请换一个空闲端口：--port 8001。")
        return Finding(name, well=False, seen=Message(told, told), remedy=remedy)
    return Finding(name, well=True, seen=Message(f"{seen} is free", f"{seen} 空闲"))


def _database(settings: Settings) -> Finding:
    name, began = Message("PostgreSQL", "PostgreSQL"), time.perf_counter()
    try:
        told = _own_database(settings) if settings.database_url else _embedded_database()
    except TingyinError as error:
        remedy = Message(
            "Check TINGYIN_DATABASE_URL, or unset it to use the embedded server.",
            "请检查 TINGYIN_DATABASE_URL，或取消它以使用内置服务器。",
        )
        return Finding(name, well=False, seen=error.message, remedy=remedy)
    seconds = f"{time.perf_counter() - began:.1f} s"
    return Finding(name, well=True, seen=Message(f"{told.en}, {seconds}", f"{told.zh}，{seconds}"))


def _own_database(settings: Settings) -> Message:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    _ask(url)
    return Message("your own server answers", "自有服务器可用")


def _embedded_database() -> Message:
    with (
        tempfile.TemporaryDirectory(prefix="tingyin-doctor-") as folder,
        embedded_postgres(Path(folder)) as url,
    ):
        _ask(url)
    return Message("the embedded server starts", "内置服务器可启动")


def _ask(url: str) -> None:
    database = Database(url, pool=1)
    try:
        database.require_supported()
    finally:
        database.close()


def _model(_settings: Settings) -> Finding:
    name, began = Message("Model", "模型"), time.perf_counter()
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", InexactEngineWarning)
            (signals,) = shipped_model()([QUESTION])
    except TingyinError as error:
        remedy = Message("Install Tingyin again.", "请重新安装 Tingyin。")
        return Finding(name, well=False, seen=error.message, remedy=remedy)
    seconds = f"{time.perf_counter() - began:.1f} s"
    inexact = any(issubclass(each.category, InexactEngineWarning) for each in told)
    way = Message("float, for int8 is inexact here", "浮点（此处 int8 不准）")
    way = way if inexact else Message("int8", "int8")
    seen = Message(
        f"{signals.model_version} answers {signals.sentiment} in {way.en}, {seconds}",
        f"{signals.model_version} 以 {way.zh} 回答 {signals.sentiment}，{seconds}",
    )
    return Finding(name, signals.sentiment == "negative", seen)


def _policy(settings: Settings) -> Finding:
    name = Message("Response policy", "响应策略")
    try:
        found = load_policy(settings.policy)
    except TingyinError as error:
        remedy = Message(
            "Correct the file that TINGYIN_POLICY names, or unset it to use the shipped one.",
            "请修正 TINGYIN_POLICY 所指文件，或取消它以使用随附策略。",
        )
        return Finding(name, well=False, seen=error.message, remedy=remedy)
    whose = Message("shipped", "随附") if settings.policy is None else Message("yours", "自有")
    seen = Message(f"{whose.en}, version {found.version}", f"{whose.zh}，版本 {found.version}")
    return Finding(name, well=True, seen=seen)


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _python,
    _packages,
    _data_dir,
    _disk,
    _port,
    _policy,
    _database,
    _model,
)

"""Targets and secrets of routes: encrypted in the database, by a key that is not in it.

The key is `TINGYIN_SECRET_KEY`, or a file of the data folder that the first start writes for its
owner alone. Fernet: AES-128-CBC with HMAC-SHA256. Several keys, separated by commas, are read; the
first writes.
"""

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.errors import OutputError, SettingError

FILE = "secret-key"


class Vault:
    """Seals and opens texts; shows no key.

    Raises
    ------
    SettingError
        The text holds no Fernet key.
    """

    def __init__(self, keys: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        except ValueError as error:
            raise SettingError(
                "TINGYIN_SECRET_KEY must be 32 bytes in URL-safe base64, several separated by "
                "commas: make one with `openssl rand -base64 32 | tr +/ -_`.",
                "TINGYIN_SECRET_KEY 须是 URL 安全 base64 的 32 字节，多个以逗号分隔；"
                "可用 `openssl rand -base64 32 | tr +/ -_` 生成。",
            ) from error
        self._mark = hashlib.sha256(f"tingyin rate {keys.split(',')[-1].strip()}".encode()).digest()

    def seal(self, text: str) -> str:
        """Return a text encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text again.

        Raises
        ------
        SettingError
            It was sealed with another key.
        """
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise SettingError(
                "The targets and secrets of the routes were encrypted with another key; set "
                "TINGYIN_SECRET_KEY to it, or put its file secret-key into the data folder.",
                "路由的目标与密钥是用另一把密钥加密的；请将 TINGYIN_SECRET_KEY 设为该密钥，"
                "或把其文件 secret-key 放入数据文件夹。",
            ) from error

    def mark(self, text: str) -> str:
        """Return a name for a text that is the same for the same text, and tells nothing of it."""
        return hmac.new(self._mark, text.encode(), hashlib.sha256).hexdigest()


def open_vault(keys: str | None, data_dir: Path) -> Vault:
    """Return the vault of the setting, else of the file, which is made where there is none.

    Raises
    ------
    SettingError
        What is set, or stands in the file, is no key.
    OutputError
        The file cannot be written or read.
    """
    return Vault(keys if keys is not None else _kept(data_dir / FILE))


def _kept(path: Path) -> str:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _made(path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written or read ({error.strerror}); the key for the secrets of "
            "routes has to lie there, or be set as TINGYIN_SECRET_KEY.",
            f"{path} 无法写入或读取（{error.strerror}）；路由密钥的加密密钥须存放于此，"
            "或设为 TINGYIN_SECRET_KEY。",
        ) from error


def _made(path: Path) -> None:
    """Write a fresh key unless there is one; of two that start at once, one wins.

    The file comes into being with the key in it: a process killed half-way leaves none.
    """
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    only_mine = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(only_mine, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()

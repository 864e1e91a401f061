"""The settings of `tingyin serve`: command-line options first, then TINGYIN_ variables.

A setting that is wrong, or a TINGYIN_ variable that nobody knows, stops the start and says so:
a service that runs on a default its owner did not choose is worse than one that does not run.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.delivery.mail import mail_server
from service.delivery.ssrf import networks
from service.errors import SettingError
from service.validation import InvalidRowError, faults_of, known_zone

PREFIX = "TINGYIN_"
SENDER = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$"
READ_ELSEWHERE = frozenset({"TINGYIN_LANG"})


def _known_networks(text: str) -> str:
    try:
        networks(text)
    except ValueError as error:
        raise PydanticCustomError("unknown_network", "unknown network") from error
    return text


def _known_mail_server(url: SecretStr) -> SecretStr:
    try:
        mail_server(url.get_secret_value(), "")
    except ValueError as error:
        raise PydanticCustomError("unknown_mail_server", "unknown mail server") from error
    return url


class Settings(BaseSettings):
    """Everything that can be set; the field `port` is the variable TINGYIN_PORT."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(
        Path("tingyin-data"), description="folder of the embedded database and the first key"
    )
    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    database_url: SecretStr | None = Field(
        None, description="postgresql://… of your own server, 15 or newer; embedded when not set"
    )
    database_pool: int = Field(10, ge=2, le=200, description="most connections held open")
    worker: bool = Field(True, description="run the job worker in this process")
    analysis_batch: int = Field(256, ge=1, le=4096, description="texts analysed at a time")
    fast_above: int = Field(
        128, ge=0, description="while more texts wait, they are read fast; 0 reads always so"
    )
    max_body_bytes: int = Field(
        16 * 1024 * 1024, ge=1024, description="largest request body, in bytes"
    )
    idempotency_hours: int = Field(
        24, ge=1, le=24 * 30, description="how long an Idempotency-Key is remembered"
    )
    time_zone: Annotated[str, AfterValidator(known_zone)] = Field(
        "Asia/Shanghai", description="zone of times that come without one"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least level that is logged"
    )

    score_hour: int | None = Field(
        None, ge=0, le=23, description="hour of the daily tiering job, as 3; none when not set"
    )
    score_policy: Path | None = Field(
        None, description="your own tiering policy (YAML); the shipped one when not set"
    )
    actions_policy: Path | None = Field(
        None, description="your own actions and KPIs (YAML); missed KPIs then raise alerts"
    )
    tag_rules: Path | None = Field(
        None, description="your own rules of tags (YAML); the shipped sample when not set"
    )

    policy: Path | None = Field(
        None, description="your own response policy (YAML); the shipped one when not set"
    )
    secret_key: SecretStr | None = Field(
        None, description="key for the secrets of routes; a file of the data folder when not set"
    )
    delivery_networks: Annotated[str, AfterValidator(_known_networks)] = Field(
        "", description="own networks that webhooks may reach, as 10.0.0.0/8,127.0.0.1"
    )
    smtp_url: Annotated[SecretStr, AfterValidator(_known_mail_server)] | None = Field(
        None, description="smtp://user:password@host:587; smtps:// or smtp+plain://"
    )
    smtp_from: str = Field(
        "tingyin@localhost", pattern=SENDER, description="address that mail comes from"
    )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of times that come without one."""
        return ZoneInfo(self.time_zone)


def load_settings(**options: Any) -> Settings:  # noqa: ANN401 - each option is checked by its field
    """Return the settings from `options` (None means not given) and the environment.

    Raises
    ------
    SettingError
        A value is not allowed, or a TINGYIN_ variable is not a setting.
    """
    _refuse_unknown()
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = InvalidRowError(faults_of(error.errors(include_input=False, include_url=False)))
        raise SettingError(
            f"Setting not allowed: {wrong.message.en}", f"设置无效：{wrong.message.zh}"
        ) from None


def _refuse_unknown() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | READ_ELSEWHERE
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingError(
            f"Unknown variable {', '.join(unknown)}; known are {', '.join(sorted(known))}.",
            f"未知的环境变量 {', '.join(unknown)}；已知的有 {', '.join(sorted(known))}。",
        )

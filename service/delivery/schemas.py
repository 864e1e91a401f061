"""Routes, as they are asked for and shown. Targets and secrets only come in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from service.api.fields import STORABLE, Name
from service.api.said import Said
from service.delivery.happened import EVENTS
from service.validation import known_zone

Kind = Literal["webhook", "feishu", "dingtalk", "wecom", "email"]
Format = Literal["standard", "alertmanager"]
Spoken = Literal["zh", "en"]
LONGEST_WINDOW = 24 * 3600


def _known_event(name: str) -> str:
    if name not in EVENTS:
        known = ", ".join(EVENTS)
        raise PydanticCustomError("literal_error", "unknown event", {"expected": known})
    return name


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]
Zone = Annotated[str, Field(max_length=100), AfterValidator(known_zone)]
Event = Annotated[str, AfterValidator(_known_event)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Target = Annotated[str, Field(min_length=1, max_length=2000), STORABLE]
Secret = Annotated[str, Field(min_length=1, max_length=200), STORABLE]
Glob = Annotated[str, Field(min_length=1, max_length=200), STORABLE]
Level = Annotated[int, Field(ge=1, le=4)]
Window = Annotated[int, Field(ge=0, le=LONGEST_WINDOW)]
Rate = Annotated[int, Field(ge=1, le=1000)]
Several = Annotated[list[Glob], Field(max_length=100)]
Events = Annotated[list[Event], Field(max_length=len(EVENTS))]
Roles = Annotated[list[Glob], Field(max_length=20)]

_EXAMPLE: dict[str, Any] = {
    "name": "pr-feishu",
    "kind": "feishu",
    "target": "https://open.feishu.cn/open-apis/bot/v2/hook/…",
    "secret": "…",
    "products": ["养生壶*"],
    "level": 3,
    "quiet_hours": {"zone": "Asia/Shanghai", "start": "22:00", "end": "08:00"},
}


class QuietHoursBody(BaseModel):
    """Hours in which nothing is sent."""

    model_config = ConfigDict(extra="forbid")

    zone: Zone = "Asia/Shanghai"
    start: Clock
    end: Annotated[Clock, Field(description="Not after start: of the next day 不晚于 start 即次日")]
    weekdays: Annotated[
        list[Weekday], Field(min_length=1, description="Days on which they begin; 1 Monday 起始日")
    ] = [1, 2, 3, 4, 5, 6, 7]
    level_one_passes: bool = Field(True, description="Level I is sent all the same I 级照发")


class RouteRequest(BaseModel):
    """A route to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    kind: Kind
    target: Annotated[
        Target,
        Field(
            description="Address of webhook or robot; for email the recipients, by commas; never "
            "shown again 地址；邮件为收件人，以逗号分隔；不再显示"
        ),
    ]
    secret: Annotated[
        Secret | None,
        Field(
            description="For webhook `whsec_…` (made when missing), for feishu and dingtalk that "
            "of the robot; never shown again 签名密钥，不再显示"
        ),
    ] = None
    format: Format = Field("standard", description="Body of a webhook 回调正文格式")
    language: Spoken = "zh"
    products: Several = Field([], description="Names, with * and ?; empty: all 产品名，可用通配")
    categories: Several = Field([], description="Empty: all 空为全部")
    level: Level = Field(4, description="At least this grave: 1 to 4 不低于此级别")
    events: Events = Field(
        [],
        description=f"Of {', '.join(EVENTS)}; empty: all but suppressed 空为除 suppressed 外全部",
    )
    roles: Roles = Field(
        [],
        description="Of warned, escalated and reminded only what the policy means for these roles; "
        "empty: all 预警、升级与提醒仅限策略中的这些角色，空为全部",
    )
    quiet_hours: QuietHoursBody | None = None
    window_seconds: Window = Field(
        0, description="Gather for so long; level I waits for nobody 汇总秒数，I 级不等待"
    )
    rate_per_minute: Rate | None = Field(None, description="Narrower than the channel's 更严的限速")
    enabled: bool = True


class RouteChange(BaseModel):
    """What is to change of a route; what is not given stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"enabled": False}]})

    name: Name = ""
    target: Target = ""
    format: Format = "standard"
    language: Spoken = "zh"
    products: Several = []
    categories: Several = []
    level: Level = 4
    events: Events = []
    roles: Roles = []
    quiet_hours: QuietHoursBody | None = None
    window_seconds: Window = 0
    rate_per_minute: Rate | None = None
    enabled: bool = True


class RouteOut(BaseModel):
    """A route as it is listed: its target shortened, without a secret."""

    id: int
    name: str
    kind: Kind
    target: str = Field(description="Host, or the recipients masked 主机，或脱敏的收件人")
    has_secret: bool
    old_secret_until: datetime | None = Field(
        description="Until then the secret before is used as well 旧密钥有效至"
    )
    format: Format
    language: Spoken
    products: list[str]
    categories: list[str]
    level: int
    events: list[str]
    roles: list[str]
    quiet_hours: QuietHoursBody | None
    window_seconds: int
    rate_per_minute: int | None
    enabled: bool
    disabled_because: str | None
    failures: int = Field(description="Failed tries in a row 连续失败次数")
    not_before: datetime | None = Field(description="Rests until then 暂停至")
    waiting: int = Field(description="Deliveries not made yet 待投递数")
    dead: int = Field(description="Deliveries given up 已放弃数")
    created_at: datetime
    created_by: str
    changed_at: datetime


class NewRoute(RouteOut):
    """A route as it is shown once: with the secret, where we made one."""

    secret: str | None = Field(description="Shown only now, where we made it 仅此一次显示")


class RouteList(BaseModel):
    """All routes."""

    items: list[RouteOut]


class Rotation(BaseModel):
    """A new secret, and how long the one before stays valid."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"overlap_hours": 24}]}
    )

    secret: Annotated[
        Secret | None,
        Field(
            description="Made when missing (webhook); that of a robot must be given "
            "webhook 不给则生成，机器人须填写"
        ),
    ] = None
    overlap_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 24


class TestResult(BaseModel):
    """What came of a test message."""

    __test__ = False

    delivered: bool
    status: int | None = Field(description="HTTP status, or reply code of the mail server 状态码")
    error: str | None
    hint: Said | None = Field(description="What to do about it 如何处理")
    seconds: float
    message_id: str

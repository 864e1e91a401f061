"""Keys, as they are asked for and shown."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from service.api.fields import Name
from service.api.rights import Scope


class KeyRequest(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "pr-team", "scopes": ["pr"]}]}
    )

    name: Annotated[Name, Field(description="Who uses it; stands in the audit trail 使用者")]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]


class KeyOut(BaseModel):
    """A key as it is listed: without the key itself."""

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


class NewKey(KeyOut):
    """A key as it is shown once, when it is made."""

    key: str = Field(description="Shown only now; keep it safe 仅显示一次，请妥善保管")


class KeyList(BaseModel):
    """All keys."""

    items: list[KeyOut]

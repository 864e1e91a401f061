"""Names of time zones."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from nlp.message import Message
from service.response.spans import told


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise told(
            Message(
                "is no known time zone; write a name such as Asia/Shanghai",
                "不是已知的时区；请写名称，如 Asia/Shanghai",
            )
        ) from error
    return name


ZoneName = Annotated[str, AfterValidator(_known)]

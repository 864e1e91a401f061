"""Times as people type them behind an option."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from service.errors import InputError


def zone_of(name: str) -> ZoneInfo:
    """Return the zone that `--zone` names.

    Raises
    ------
    InputError
        There is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            f"--zone {name!r} is no known time zone; write it as Asia/Shanghai or UTC",
            f"--zone {name!r} 不是已知时区；请写成 Asia/Shanghai 或 UTC",
        ) from error


def moment_of(option: str, text: str, zone: tzinfo) -> datetime:
    """Return the time behind an option such as `--at`.

    Raises
    ------
    InputError
        It is no time.
    """
    from service.files.contract import Fault, read_moment

    moment = read_moment(text, zone)
    if isinstance(moment, Fault):
        raise InputError(
            f"{option} {text!r}: {moment.reason.en}; write it as 2026-01-05 or 2026-01-05T08:03",
            f"{option} {text!r}：{moment.reason.zh}；请写成 2026-01-05 或 2026-01-05T08:03",
        )
    return moment

"""What is said about clocks, owners and escalations, in both languages."""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType

from nlp.message import Message
from nlp.surveillance import LEVELS
from service.response.clocks import Clock
from service.response.escalation import Notice
from service.response.policy import ClockName, Policy
from service.response.trail import WARN
from service.spoken_times import about, moment
from service.trail import ESCALATE

CLOCK_NAMES: Mapping[ClockName, Message] = MappingProxyType(
    {
        "acknowledge": Message("acknowledgement", "确认"),
        "respond": Message("public response", "公开回应"),
        "resolve": Message("resolution", "解决"),
    }
)
NEXT_STEPS: Mapping[ClockName, Message] = MappingProxyType(
    {
        "acknowledge": Message("acknowledge it", "确认告警"),
        "respond": Message("respond in public", "公开回应"),
        "resolve": Message("resolve it", "解决告警"),
    }
)


def named(words: Mapping[str, Message], name: str) -> Message:
    """Return the words for a name; a name without any stands for itself."""
    return words.get(name) or Message(name, name)


def level_name(level: int) -> Message:
    """Return the name of a level."""
    return LEVELS[level]


def role_names(roles: tuple[str, ...], policy: Policy) -> Message:
    """Return the names of several roles."""
    found = [policy.role(role) for role in roles]
    return Message(", ".join(r.en for r in found), "、".join(r.zh for r in found))


def told_note(notice: Notice, policy: Policy, owner: str | None, zone: tzinfo) -> Message:
    """Return the note of a warning, an escalation or a reminder: which clock, level, and who."""
    clock, end = notice.clock, notice.clock.due or notice.at
    name, level = CLOCK_NAMES[clock.name], level_name(clock.level)
    when = (
        Message("due", "截止") if notice.event == WARN else Message("overdue since", "已超时，应于")
    )
    at, to = moment(end, zone), _to(notice, policy, owner)
    return Message(
        f"{name.en} {when.en} {at}, level {level.en}; to {to.en}",
        f"{name.zh}{when.zh} {at}，{level.zh}；通知 {to.zh}",
    )


def role_told(notice: Notice, policy: Policy, owner: str | None) -> str | None:
    """Return the role that a notice is for; None: the owner, or nobody.

    A warning goes to the owner. Where there is none it goes to whom the chain names first.
    """
    chain = policy.clock(notice.clock.level, notice.clock.name).escalate
    return notice.to or (chain[0].to if chain and owner is None else None)


def _to(notice: Notice, policy: Policy, owner: str | None) -> Message:
    role = role_told(notice, policy, owner)
    if role is not None:
        named_role = policy.role(role)
        return Message(f"{role} ({named_role.en})", f"{role}（{named_role.zh}）")
    if owner is not None:
        return Message(f"the owner {owner}", f"负责人 {owner}")
    return Message("nobody: it has no owner", "无人：尚无负责人")


def owner_note(owner: str, team: str | None, before: str | None, why: str | None) -> str:
    """Return the note of a new owner: from whom, to whom, and why."""
    whole = owner if team is None else f"{owner} ({team})"
    moved = f"{before} → {whole}" if before else f"→ {whole}"
    return f"{moved}: {why}" if why else moved


def clock_line(clock: Clock, zone: tzinfo) -> Message:
    """Return how a clock stands, in one sentence."""
    name, left = CLOCK_NAMES[clock.name], about(clock.remaining)
    due = "—" if clock.due is None else moment(clock.due, zone)
    if clock.stopped is not None:
        at = moment(clock.stopped, zone)
        if clock.state == "met":
            return Message(f"{name.en}: in time, {at}", f"{name.zh}：按时，{at}")
        return Message(f"{name.en}: {left.en} too late, {at}", f"{name.zh}：超时 {left.zh}，{at}")
    if clock.state == "late":
        return Message(
            f"{name.en}: overdue by {left.en}, since {due}",
            f"{name.zh}：已超时 {left.zh}，应于 {due}",
        )
    if clock.state == "paused":
        return Message(
            f"{name.en}: stands still, {left.en} left", f"{name.zh}：暂停计时，剩余 {left.zh}"
        )
    return Message(
        f"{name.en}: {left.en} left, due {due}", f"{name.zh}：剩余 {left.zh}，截止 {due}"
    )


def notice_line(notice: Notice, policy: Policy, zone: tzinfo) -> Message:
    """Return what will be told next, in one sentence."""
    at, name = moment(notice.at, zone), CLOCK_NAMES[notice.clock.name]
    if notice.to is None:
        return Message(f"{at}: warning about {name.en}", f"{at}：{name.zh}预警")
    role = policy.role(notice.to)
    verb = (
        Message("is told", "被通知")
        if notice.event == ESCALATE
        else Message("is reminded", "再次被提醒")
    )
    return Message(
        f"{at}: {role.en} {verb.en} ({name.en})", f"{at}：{role.zh}{verb.zh}（{name.zh}）"
    )

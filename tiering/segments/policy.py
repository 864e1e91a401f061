"""How segments are made and named: a small YAML file, read strictly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.message import Message
from tiering.errors import PolicyError
from tiering.policy_reader import Reader, read_yaml
from tiering.segments.figures import FIGURES

SHIPPED = Path(__file__).with_name("segments.yaml")
MADE_OF = ("profiles", "figures")
MOST_SEGMENTS, MOST_REFITS = 50, 1_000


@dataclass(frozen=True, slots=True)
class OrdinaryName:
    """The name of who fits no profile."""

    name: str
    zh: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A name, and the figures that a centre of this name has high (above 0) or low (below)."""

    name: str
    zh: str
    profile: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SegmentPolicy:
    """Bounds, seed, sizes of samples, and names; see `segments.yaml`."""

    version: str
    made_of: str
    least: int
    most: int
    sample: int
    smallest: float
    seed: int
    minibatch_from: int
    refits: int
    fit: float
    ordinary: OrdinaryName
    names: tuple[Profile, ...]


def load_segment_policy(path: Path | str | None = None) -> SegmentPolicy:
    """Return the policy of a YAML file; without a path the shipped one.

    Raises
    ------
    PolicyError
        The file is missing or no YAML; a key is unknown, missing or of another type; a number is
        out of range; a profile names an unknown figure; two names are the same.
    """
    path = Path(path) if path is not None else SHIPPED
    data = read_yaml(path, Message("a segment policy", "分群策略"))
    policy: SegmentPolicy = Reader(str(path)).section(SegmentPolicy, data, "")
    for key, found, allowed in broken(policy):
        raise PolicyError(
            f"{path}, {key}: {found} cannot be used; allowed: {allowed}",
            f"{path}，{key}：{found} 无法使用；须为 {allowed}",
        )
    return policy


def broken(policy: SegmentPolicy) -> Iterator[tuple[str, object, str]]:
    """Yield key, value and what is allowed of each rule that the policy breaks."""
    if policy.made_of not in MADE_OF:
        yield "made_of", policy.made_of, ", ".join(MADE_OF)
    if not 2 <= policy.least <= policy.most <= MOST_SEGMENTS:
        yield "most", [policy.least, policy.most], f"2 <= least <= most <= {MOST_SEGMENTS}"
    if policy.sample < 2 * policy.most:
        yield "sample", policy.sample, f">= {2 * policy.most} (2 * most)"
    if not 0 <= policy.smallest < 1 / policy.most:
        yield "smallest", policy.smallest, f"0 <= smallest < 1 / most ({1 / policy.most:.3f})"
    if not 0 <= policy.seed < 2**32:
        yield "seed", policy.seed, "0 - 4294967295"
    if not 0 <= policy.refits <= MOST_REFITS:
        yield "refits", policy.refits, f"0 - {MOST_REFITS}"
    if policy.minibatch_from < 1:
        yield "minibatch_from", policy.minibatch_from, ">= 1"
    yield from _names(policy)


def _names(policy: SegmentPolicy) -> Iterator[tuple[str, object, str]]:
    for number, each in enumerate(policy.names):
        unknown = sorted(set(each.profile) - set(FIGURES))
        if unknown:
            yield f"names[{number}].profile", unknown, ", ".join(FIGURES)
        if not any(each.profile.values()):
            yield f"names[{number}].profile", dict(each.profile), "a weight that is not 0"
    for field in ("name", "zh"):
        names = [getattr(each, field) for each in (*policy.names, policy.ordinary)]
        if len(set(names)) < len(names):
            yield "names", names, f"every {field} once"

"""Who set off what: reposts and answers followed back through their parents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlp.surveillance.mention import Mention


@dataclass(frozen=True, slots=True)
class Forest:
    """The reposts and answers among mentions.

    Attributes
    ----------
    children
        Ids of what answers or reposts each id directly; a parent need not be among the mentions.
    linked
        Whether any mention names a parent: where none does, nothing is known of cascades.
    """

    children: Mapping[str, Sequence[str]]
    linked: bool

    def below(self, roots: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of all that hangs below some mentions, themselves left out; each once.

        A circle of parents, which only broken data hold, ends where it closes.
        """
        roots = tuple(roots)
        seen, found, open_ = set(roots), list[str](), list(reversed(roots))
        while open_:
            for child in self.children.get(open_.pop(), ()):
                if child not in seen:
                    seen.add(child)
                    found.append(child)
                    open_.append(child)
        return tuple(found)


def forest_of(mentions: Sequence[Mention]) -> Forest:
    """Return what the mentions answer and repost; a mention that is its own parent stands alone."""
    children: defaultdict[str, list[str]] = defaultdict(list)
    for mention in mentions:
        if mention.parent_id is not None and mention.parent_id != mention.id:
            children[mention.parent_id].append(mention.id)
    return Forest(dict(children), bool(children))


def roots_of(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Return where the cascades begin: the last known parent of everything that has one.

    In a circle of parents one of its members stands for all.
    """
    parents = {m.id: m.parent_id for m in mentions if m.parent_id not in (None, m.id)}
    roots: dict[str, str] = {}
    for start in parents:
        path: dict[str, None] = {}
        at = start
        while at not in roots and at not in path and (parent := parents.get(at)) is not None:
            path[at] = None
            at = parent
        roots |= dict.fromkeys(path, roots.get(at, at))
    return tuple(dict.fromkeys(roots.values()))

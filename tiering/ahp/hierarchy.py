"""A hierarchy of judgements: dimensions, and the measures below each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tiering.ahp.judgements import Judgements
from tiering.ahp.weights import Weighing, weigh
from tiering.errors import JudgementError


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Matrices by name; `goal` is the top one, each other compares what lies below its name."""

    goal: str
    judgements: Mapping[str, Judgements]
    random_index: str = "donegan-dodd"

    def weighed(self) -> dict[str, Weighing]:
        """Return the weights of every matrix, by its name.

        Raises
        ------
        JudgementError
            A matrix hangs below no element, there is a circle, or a matrix cannot be used.
        ConsistencyError
            See `weigh`.
        """
        self._demand_tree()
        return {name: weigh(each, self.random_index) for name, each in self.judgements.items()}

    def _demand_tree(self) -> None:
        """Raise unless every matrix hangs below the goal exactly once."""
        reached: list[str] = [self.goal]
        for name in reached:
            below = self.judgements[name].elements if name in self.judgements else ()
            reached.extend(each for each in below if each in self.judgements)
            if len(reached) > len(self.judgements):
                break
        wrong = sorted({n for n in reached if reached.count(n) > 1})
        wrong += sorted(set(self.judgements) - set(reached))
        if wrong or self.goal not in self.judgements:
            names = ", ".join(wrong or [self.goal])
            raise JudgementError(
                f"matrix {names}: must hang below {self.goal} exactly once; name it as the element "
                f"that it divides, known matrices are {', '.join(self.judgements)}",
                f"矩阵 {names}：须在 {self.goal} 之下恰好出现一次；请以其细分的要素命名，"
                f"现有矩阵为 {'、'.join(self.judgements)}",
            )


def global_weights(hierarchy: Hierarchy) -> dict[str, float]:
    """Return the weights of the leaves, by path such as `commercial.monetary`; their sum is 1.

    Raises
    ------
    JudgementError, ConsistencyError
        See `Hierarchy.weighed`.
    """
    return dict(_leaves(hierarchy.weighed(), hierarchy.goal, 1.0, ()))


def _leaves(
    weighed: Mapping[str, Weighing], name: str, share: float, path: tuple[str, ...]
) -> Iterator[tuple[str, float]]:
    for element, weight in weighed[name].weights.items():
        below = (*path, element)
        if element in weighed:
            yield from _leaves(weighed, element, share * weight, below)
        else:
            yield ".".join(below), share * weight

"""Training: from starting weights and labels to an artifact. Needs the extra `train`."""

from nlp.training.loop import Progress
from nlp.training.recipe import Plan, Recipe
from nlp.training.run import train_model

__all__ = ["Plan", "Progress", "Recipe", "train_model"]

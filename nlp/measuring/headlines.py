"""How far the headline figures may be chance: bootstrap over the texts."""

import numpy as np

from nlp.evaluation import bootstrap, kappa_of, macro_f1_of, mean_of, micro_f1_of, one_hot
from nlp.labels import SENTIMENTS, SEVERITIES
from nlp.measuring.truth import Judged


def headline_intervals(judged: Judged) -> dict[str, list[float]]:
    """Return the 95 % interval of each headline figure, as [low, high], from 1,000 draws."""
    classes = len(SENTIMENTS)
    found = judged.sentiment.argmax(axis=1)
    truth, answer = one_hot(judged.sentiments, classes), one_hot(found, classes)
    figures = {
        "sentiment.accuracy": mean_of(np.asarray(found == judged.sentiments)),
        "sentiment.macro_f1": macro_f1_of(truth, answer),
        "intents.macro_f1": macro_f1_of(judged.intents, judged.found_intents),
        "intents.micro_f1": micro_f1_of(judged.intents, judged.found_intents),
        "complaint.macro_f1": macro_f1_of(judged.complaint, judged.found_complaint),
        "complaint.micro_f1": micro_f1_of(judged.complaint, judged.found_complaint),
        "severity.qwk": kappa_of(judged.severity, judged.found_severity, len(SEVERITIES)),
    }
    return {name: list(bootstrap(figure, len(judged))) for name, figure in figures.items()}

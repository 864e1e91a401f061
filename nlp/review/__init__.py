"""The review loop: texts worth a person's time, what people decided, what the model learns.

`select` picks tasks, and `recheck` those of given labels that look wrong; `label_config`,
`task_json` and `sheet_row` lay them before people, `answers` and `sheet_answers` read what came
back, `merge` and `resolve` make labels of it, `agreements` says how the model did, `learn` fits a
correction, and `corrected` reads texts with it.
"""

from nlp.evaluation import wilson
from nlp.review.agreement import Agreement, Share, agreements
from nlp.review.candidate import Candidate, Labels, Population, population, text_key
from nlp.review.corrected import CorrectedRuntime, corrected
from nlp.review.correction import Correction, Head, apply_correction
from nlp.review.correction_file import correction_text, correction_version, read_correction
from nlp.review.decision import Decision, read_decision
from nlp.review.errors import CorrectionError, DecisionError, ReviewError, ReviewSettingsError
from nlp.review.finding import REASONS, Reason, quotas
from nlp.review.label_config import label_config
from nlp.review.label_doubts import CheckedField, LabelDoubt, check_labels
from nlp.review.label_studio import Answers, answers, task_json
from nlp.review.learning import Learned, Lesson, learn
from nlp.review.lessons import lessons
from nlp.review.merging import Resolved, merge, news, resolve
from nlp.review.rechecking import GivenLabels, Rechecked, given_features, given_labels, recheck
from nlp.review.selecting import Selection, Task, select
from nlp.review.sheet import choice_rows, sheet_answers, sheet_row
from nlp.review.validation import Trial

__all__ = [
    "REASONS",
    "Agreement",
    "Answers",
    "Candidate",
    "CheckedField",
    "CorrectedRuntime",
    "Correction",
    "CorrectionError",
    "Decision",
    "DecisionError",
    "GivenLabels",
    "Head",
    "LabelDoubt",
    "Labels",
    "Learned",
    "Lesson",
    "Population",
    "Reason",
    "Rechecked",
    "Resolved",
    "ReviewError",
    "ReviewSettingsError",
    "Selection",
    "Share",
    "Task",
    "Trial",
    "agreements",
    "answers",
    "apply_correction",
    "check_labels",
    "choice_rows",
    "corrected",
    "correction_text",
    "correction_version",
    "given_features",
    "given_labels",
    "label_config",
    "learn",
    "lessons",
    "merge",
    "news",
    "population",
    "quotas",
    "read_correction",
    "read_decision",
    "recheck",
    "resolve",
    "select",
    "sheet_answers",
    "sheet_row",
    "task_json",
    "text_key",
    "wilson",
]

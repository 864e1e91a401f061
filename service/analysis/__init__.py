"""From a feedback file to a signals file: streamed, resumable, nothing lost."""

from service.analysis.assembly import Totals
from service.analysis.job import BATCH_ROWS, DEFAULT_ZONE, Job, Listener, Model, run_job
from service.analysis.parts import Analyser, Progress, signal_row
from service.analysis.progress import analysis_extent
from service.files.rejects import rejects_path

__all__ = [
    "BATCH_ROWS",
    "DEFAULT_ZONE",
    "Analyser",
    "Job",
    "Listener",
    "Model",
    "Progress",
    "Totals",
    "analysis_extent",
    "rejects_path",
    "run_job",
    "signal_row",
]

"""The shipped sample: a made-up brand's 60 days, hand-written texts multiplied from one seed."""

from service.sample.files import SamplePaths
from service.sample.generate import END, SEED, write_sample
from service.sample.labelled import labelled_texts

__all__ = ["END", "SEED", "SamplePaths", "labelled_texts", "write_sample"]

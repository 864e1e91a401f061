"""Series: what was counted against what was expected, and detectors over past counts."""

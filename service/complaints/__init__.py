"""The complaint desk: which complaints come first."""

"""Feedback: taken in, listed, shown."""

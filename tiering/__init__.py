"""The tiering room: orders, signals and engagement in, a tier with reasons out."""

"""Training: from starting weights and labelled texts to a shipped artifact. Needs the extra `train`."""

"""Response: who owns an alert, by when what must be done, and who hears of it when it is not."""

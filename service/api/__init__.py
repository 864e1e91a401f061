"""What every domain's addresses share: rights, problems, pages, bodies, metrics."""

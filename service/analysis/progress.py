"""What `tingyin analyze` shows while it runs."""

from nlp.message import Message
from service.analysis.parts import Progress
from service.progress import Extent


def analysis_extent(progress: Progress, seconds: float) -> Extent:
    """Return how far a run is, and how fast."""
    share = f", {progress.position / progress.size:.0%}" if progress.size else ""
    speed = progress.new_rows / max(seconds, 1e-9)
    line = Message(
        f"{progress.rows:,} rows{share}, {speed:,.0f} rows/s, {progress.rejects:,} rejects",
        f"已处理 {progress.rows:,} 行{share}，每秒 {speed:,.0f} 行，拒收 {progress.rejects:,} 行",
    )
    return Extent(progress.position, progress.size, line)

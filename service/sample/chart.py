"""One small chart without a drawing library: counts as bars, what was expected as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nlp.surveillance import Bin, Verdict

WIDTH, HEIGHT = 760, 220
LEFT, TOP, BOTTOM = 36, 26, 34
INK, QUIET, LOUD, LINE = "#666", "#9bb7d4", "#d1495b", "#2f6690"
TICKS = 6


@dataclass(frozen=True, slots=True)
class _Scale:
    steps: int
    most: float

    def x(self, place: float) -> float:
        """Return the left edge of a step."""
        return LEFT + place * (WIDTH - LEFT) / self.steps

    def y(self, value: float) -> float:
        """Return the height of a count."""
        return HEIGHT - BOTTOM - value * (HEIGHT - BOTTOM - TOP) / self.most


def series_svg(bins: Sequence[Bin], verdicts: Sequence[Verdict], title: str) -> str:
    """Return an SVG of a series and its verdicts.

    Bars are the counts, red where the detector alarms; the line is what it expected, the dashed
    line the most that it puts down to chance.

    Parameters
    ----------
    bins, verdicts
        Of the same length, at least one, oldest first.
    title
        What is counted.
    """
    most = max(1, *(step.count for step in bins), *(verdict.upper for verdict in verdicts))
    scale = _Scale(len(bins), float(most))
    parts = [
        f'<text x="{LEFT}" y="16" font-size="13" fill="{INK}">{escape(title)}</text>',
        *_bars(scale, bins, verdicts),
        _line(scale, [verdict.expected for verdict in verdicts], ""),
        _line(scale, [float(verdict.upper) for verdict in verdicts], "4 3"),
        *_ticks(scale, bins),
        f'<text x="0" y="{scale.y(most) + 4:.1f}" font-size="11" fill="{INK}">{most}</text>',
    ]
    body = "\n".join(parts)
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{body}\n</svg>'


def _bars(scale: _Scale, bins: Sequence[Bin], verdicts: Sequence[Verdict]) -> list[str]:
    width = max(1.0, scale.x(1) - scale.x(0) - 1)
    return [
        f'<rect x="{scale.x(place):.1f}" y="{scale.y(step.count):.1f}" width="{width:.1f}" '
        f'height="{scale.y(0) - scale.y(step.count):.1f}" '
        f'fill="{LOUD if verdict.alarm else QUIET}"/>'
        for place, (step, verdict) in enumerate(zip(bins, verdicts, strict=True))
        if step.count
    ]


def _line(scale: _Scale, values: Sequence[float], dashes: str) -> str:
    points = " ".join(
        f"{scale.x(place + 0.5):.1f},{scale.y(value):.1f}" for place, value in enumerate(values)
    )
    style = f'fill="none" stroke="{LINE}" stroke-dasharray="{dashes or "none"}"'
    return f'<polyline points="{points}" {style}/>'


def _ticks(scale: _Scale, bins: Sequence[Bin]) -> list[str]:
    places = range(0, len(bins), max(1, len(bins) // TICKS))
    return [
        f'<text x="{scale.x(place):.1f}" y="{HEIGHT - 14}" font-size="11" fill="{INK}">'
        f"{bins[place].start:%m-%d %H:%M}</text>"
        for place in places
    ]

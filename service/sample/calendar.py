"""When things happen in the sample: 60 days with a week's and a day's rhythm, and one sale."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DAYS = 60
SATURDAY = 5
_HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 12, 14, 15, 15, 17, 15, 13, 13, 13, 14, 15, 18, 22, 23, 18, 9)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the sample, the last one included; all times are in Asia/Shanghai."""

    end: date

    @property
    def start(self) -> date:
        """The first day."""
        return self.end - timedelta(days=DAYS - 1)

    @property
    def promotion(self) -> date:
        """The day of the sale: more is sold, more is praised and more is complained of."""
        return self.end - timedelta(days=12)

    @property
    def crisis_start(self) -> datetime:
        """When the first post of the planted crisis appears: in the last week, after lunch."""
        return at(self.end - timedelta(days=5), hour=13, minute=40)

    @property
    def attack_start(self) -> datetime:
        """When the planted attack begins: two weeks before the end, in the evening."""
        return at(self.end - timedelta(days=16), hour=21, minute=5)

    def days(self) -> list[date]:
        """Return every day, oldest first."""
        return [self.start + timedelta(days=day) for day in range(DAYS)]

    def day_weights(self, rng: Random, promotion: float) -> list[float]:
        """Return how busy each day is; the day of the sale is `promotion` times an ordinary one."""
        return [self._rhythm(day, promotion) * rng.lognormvariate(0.0, 0.15) for day in self.days()]

    def _rhythm(self, day: date, promotion: float) -> float:
        weekend = 1.25 if day.weekday() >= SATURDAY else 1.0
        after_sale = (day - self.promotion).days
        return weekend * {0: promotion, 1: 1 + (promotion - 1) / 2}.get(after_sale, 1.0)

    def moments(self, count: int, rng: Random, promotion: float = 2.2) -> list[datetime]:
        """Return `count` times, sorted, that follow the rhythm of weeks and days."""
        days = rng.choices(self.days(), self.day_weights(rng, promotion), k=count)
        return sorted(moment_of(day, rng) for day in days)


def at(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return a time of day in Asia/Shanghai."""
    return datetime.combine(day, time(hour, minute, second), ZONE)


def moment_of(day: date, rng: Random, hours: range = range(24)) -> datetime:
    """Return a time on `day` within `hours`, likelier when people are awake."""
    hour = rng.choices(hours, [_HOURS[hour] for hour in hours])[0]
    return at(day, hour, rng.randrange(60), rng.randrange(60))

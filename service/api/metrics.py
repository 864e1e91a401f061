"""What Prometheus reads: requests, rows, analysis and alerts, without a name or a text in it."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from service.api.bodies import BulkResult

LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one application; each application has a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tingyin_http_requests",
            "Requests by route, method and status",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.latency = Histogram(
            "tingyin_http_request_seconds",
            "Time to the end of the response",
            ("route", "method"),
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.rows = Counter(
            "tingyin_rows",
            "Rows received by table and outcome (accepted, duplicate, updated, invalid)",
            ("table", "outcome"),
            registry=self.registry,
        )
        self.analysed = Counter(
            "tingyin_feedback_analysed",
            "Feedback analysed by outcome (done, failed)",
            ("outcome",),
            registry=self.registry,
        )
        self.analysis = Histogram(
            "tingyin_analysis_seconds",
            "Time that the model reads one batch, by the way of reading (full, fast)",
            ("way",),
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.alerts = Counter(
            "tingyin_alert_events",
            "Changes of alerts made by the service itself, by event",
            ("event",),
            registry=self.registry,
        )
        self.jobs = Counter(
            "tingyin_jobs", "Jobs by name and outcome", ("job", "outcome"), registry=self.registry
        )
        self.waiting = Gauge(
            "tingyin_feedback_waiting", "Feedback not analysed yet", registry=self.registry
        )
        self.marked = Gauge(
            "tingyin_products_waiting",
            "Products with new signals that surveillance has not looked at yet",
            registry=self.registry,
        )
        self.daily_failed = Gauge(
            "tingyin_daily_score_failed",
            "1 where the newest daily run of the tiering job failed",
            registry=self.registry,
        )
        self.daily_as_of = Gauge(
            "tingyin_daily_score_as_of_seconds",
            "As of when the newest daily run that was done is; 0 without one",
            registry=self.registry,
        )
        self.deliveries = Counter(
            "tingyin_deliveries",
            "Tries to deliver an event, by channel and result (delivered, failed, dead)",
            ("channel", "result"),
            registry=self.registry,
        )
        self.deliveries_waiting = Gauge(
            "tingyin_deliveries_waiting", "Deliveries not made yet", registry=self.registry
        )
        self.oldest_delivery = Gauge(
            "tingyin_delivery_oldest_waiting_seconds",
            "How long the oldest event waits for its delivery",
            registry=self.registry,
        )
        self.routes_off = Gauge(
            "tingyin_routes_switched_off",
            "Routes that a receiver switched off by answering 410",
            registry=self.registry,
        )

    def count_rows(self, table: str, result: BulkResult) -> None:
        """Count the rows of one body by what became of them."""
        for row in result.results:
            self.rows.labels(table, row.status).inc()

    def text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        return generate_latest(self.registry)

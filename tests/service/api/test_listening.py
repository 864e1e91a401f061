"""The worker: it loses nothing, no text stops it, and the order of coming changes nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg

from nlp.schema import Signals

START = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = 30


def rows_of(product: str) -> list[dict[str, object]]:
    """Return 30 days of a product: some praise, a complaint now and then, one evening of anger."""
    rng = Random(7)
    moments = [
        (START + timedelta(days=day, hours=hour, minutes=rng.randrange(60)), "很好用")
        for day in range(DAYS)
        for hour in (2, 4, 6, 9, 12)
    ]
    moments += [
        (START + timedelta(days=day, hours=5, minutes=day), "快递太慢") for day in range(DAYS)
    ]
    evening = START + timedelta(days=22, hours=11)
    moments += [(evening + timedelta(minutes=3 * n), f"烫伤了手，{n}") for n in range(50)]
    return [
        {
            "id": f"{product}-{n}",
            "text": text,
            "created_at": at.isoformat(),
            "product": product,
            "author_id": f"a-{n}",
        }
        for n, (at, text) in enumerate(sorted(moments))
    ]


def told(service, product: str) -> list[tuple[object, ...]]:
    """Return what the open alerts of a product say, without names of rows and of alerts."""
    alerts = service.get("/v1/alerts", product=product)["items"]
    figures = ("onset", "until", "observed", "expected", "p", "category", "level", "state")
    return sorted(tuple(alert[name] for name in figures) for alert in alerts)


def test_the_order_of_coming_changes_nothing(serve) -> None:
    with serve() as service:
        live = rows_of("按时")
        for start in range(0, len(live), 60):
            service.post(live[start : start + 60])
            service.settle()
        service.post(rows_of("一次"))
        shuffled = rows_of("乱序")
        Random(3).shuffle(shuffled)
        for start in range(0, len(shuffled), 90):
            service.post(shuffled[start : start + 90])
            service.settle()
        service.post(rows_of("按时"))
        service.settle()
        expected = told(service, "按时")
        assert len(expected) == 1
        assert expected[0][0] == "2026-04-23T11:00:00Z"
        assert told(service, "一次") == expected
        assert [alert[:-1] for alert in told(service, "乱序")] == [a[:-1] for a in expected]


def test_what_waited_while_no_worker_ran_is_analysed_at_the_next_start(serve) -> None:
    rows = rows_of("停机")
    with serve(worker=False) as service:
        service.post(rows)
        assert service.get("/v1/feedback/停机-1")["analysis"] == "waiting"
        assert service.get("/v1/alerts")["items"] == []
        assert service.get("/health/ready")["parts"] == {"database": True}
    with serve() as service:
        service.settle()
        assert service.get("/v1/feedback/停机-1")["analysis"] == "done"
        assert len(service.get("/v1/alerts")["items"]) == 1


def test_a_text_that_breaks_the_model_stops_no_other(serve) -> None:
    rows = rows_of("破坏")[:20]
    rows[3]["text"] = "[breaks the model]"
    with serve() as service:
        service.post(rows)
        tire_out(service, rows[:1])
        states = [service.get(f"/v1/feedback/破坏-{n}")["analysis"] for n in range(20)]
        assert states.count("done") == 19
        assert states[3] == "failed"
        assert (
            'tingyin_feedback_analysed_total{outcome="failed"}'
            in service.client(None).get("/metrics").text
        )


def tire_out(service, known: list[dict[str, object]]) -> None:
    """Call for rounds, by rows that are known already, until a text had its last attempt."""
    last = 'tingyin_feedback_analysed_total{outcome="failed"} 3.0'
    service.wait(lambda: service.post(known) and last in service.client(None).get("/metrics").text)
    service.settle()


def test_without_a_model_feedback_is_kept_and_the_service_says_so(serve) -> None:
    from nlp.errors import ArtifactError

    def broken(texts: Sequence[str]) -> list[Signals]:
        raise ArtifactError("no model", "没有模型")

    with serve(broken) as service:
        assert service.post(rows_of("无模型")[:5])["accepted"] == 5
        service.wait(lambda: "failed" in failures(service))
        assert service.get("/v1/feedback/无模型-1")["analysis"] == "waiting"
    with serve() as service:
        service.settle()
        assert service.get("/v1/feedback/无模型-1")["analysis"] == "done"


def failures(service) -> str:
    lines = service.client(None).get("/metrics").text.splitlines()
    return "\n".join(line for line in lines if line.startswith("tingyin_jobs_total"))


def test_two_services_on_one_database_share_the_work(serve) -> None:
    with serve() as one, serve() as two:
        one.post(rows_of("两台"))
        two.post(rows_of("两台"))
        one.settle()
        assert len(one.get("/v1/alerts")["items"]) == 1
        assert two.get("/v1/alerts") == one.get("/v1/alerts")
        assert one.get("/health/ready")["status"] == two.get("/health/ready")["status"] == "ready"


def test_logs_hold_no_text_and_no_key(serve, capfd, caplog) -> None:
    with serve() as service:
        secret = "我叫王小明，烫伤了手 13800138000"
        service.post([{**rows_of("日志")[0], "text": secret, "customer_id": "c-日志"}])
        service.post([{**rows_of("日志")[1], "text": "[breaks the model] 王小明"}])
        tire_out(service, rows_of("日志")[:1])
        service.admin.get("/v1/customers/c-日志/score")
        key = service.admin_key
    out, err = capfd.readouterr()
    logged = out + err + caplog.text
    assert "/v1/customers/{customer_id}/score" in logged
    for private in ("王小明", "13800138000", "c-日志", key, "烫伤"):
        assert private not in logged


def test_nothing_of_a_text_lies_unmasked_in_the_database(serve) -> None:
    with serve() as service:
        service.post([{**rows_of("遮蔽")[0], "text": "打 13800138000 找我，烫"}])
        service.settle()
        url = service.settings.database_url.get_secret_value()
    with psycopg.connect(url) as connection:
        for table in ("feedback", "signals", "procrastinate_jobs", "remembered_replies"):
            found = connection.execute(f"SELECT t::text FROM {table} t").fetchall()
            assert "13800138000" not in str(found)

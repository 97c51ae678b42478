"""The alert rules that are shipped: Prometheus takes them, each fires when it should and not
otherwise, and they use nothing that a daemon does not tell."""

import json

import pytest

from alert_cases import CASES, WHEN
from alerts import ALERTS, RULES
from daemon import listener
from peer import exchange
from program import run
from promql import metric_names
from scraper import METRICS, Scraper


def test_prometheus_takes_the_rules():
    check = run("promtool", "check", "rules", RULES)
    assert check.returncode == 0, check.stdout + check.stderr


def test_every_alert_has_a_case_and_every_case_an_alert():
    assert list(CASES) == list(ALERTS)


@pytest.mark.parametrize("alert", CASES)
@pytest.mark.parametrize("fires", [True, False], ids=["fires", "does not"])
def test_an_alert_fires_when_it_should(tmp_path, alert, fires):
    values = CASES[alert][0 if fires else 1]
    firing = {
        "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})',
        "eval_time": WHEN,
        "exp_samples": [{"value": 1}] if fires else [],
    }
    test = {
        "interval": "15s",
        "input_series": [{"series": name, "values": value} for name, value in values.items()],
        "promql_expr_test": [firing],
    }
    file = tmp_path / "cases.yml"
    file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "15s", "tests": [test]}))
    done = run("promtool", "test", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_says_what_is_wrong_and_where_help_is(alert):
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in ("critical", "warning")
    assert rule["labels"]["side"] in ("service", "network", "client")
    assert {"summary", "description", "runbook"} == set(rule["annotations"])
    assert rule["annotations"]["runbook"] == f"echoline-runbook(7), {alert}"


def test_the_alerts_use_only_what_a_daemon_tells(start_daemon):
    daemon = start_daemon(METRICS + listener("line"))
    exchange(daemon.address("line"), 1)
    told = Scraper(daemon).names() | {"up"}
    used = {alert: metric_names(rule["expr"]) for alert, rule in ALERTS.items()}
    assert all(used.values())
    assert {alert: names - told for alert, names in used.items() if names - told} == {}

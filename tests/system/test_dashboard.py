"""The dashboard that is shipped: Prometheus takes what it asks, and a daemon tells all of it."""

import json
import re

from alerts import ALERTS
from daemon import listener
from installed import SOURCE
from peer import exchange
from program import run
from promql import metric_names
from scraper import METRICS, Scraper

DASHBOARD = json.loads((SOURCE / "systemd/grafana/echoline.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
TARGETS = [target for panel in PANELS for target in panel["targets"]]
VARIABLES = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}
EXPRESSIONS = [target["expr"] for target in TARGETS]
EXPRESSIONS += [mark["expr"] for mark in DASHBOARD["annotations"]["list"] if "expr" in mark]
QUERIES = [variable["query"]["query"] for variable in VARIABLES.values() if variable["type"] == "query"]


def filled_in(expression):
    """As Grafana sends it."""
    return re.sub(r"\$\w+", ".*", expression.replace("$__rate_interval", "5m"))


def test_prometheus_takes_every_expression(tmp_path):
    rules = [{"record": f"panel:{i}", "expr": filled_in(text)} for i, text in enumerate(EXPRESSIONS)]
    file = tmp_path / "rules.yml"
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    check = run("promtool", "check", "rules", file)
    assert check.returncode == 0, check.stdout + check.stderr


def test_it_asks_only_for_what_a_daemon_tells(start_daemon):
    daemon = start_daemon(METRICS + listener("line"))
    exchange(daemon.address("line"), 1)
    told = Scraper(daemon).names() | {"up", "ALERTS"}
    for text in EXPRESSIONS + [re.sub(r"^label_values\((.*), \w+\)$", r"\1", query) for query in QUERIES]:
        assert metric_names(text), text
        assert metric_names(text) - told == set(), text


def test_its_variables_are_defined_and_used():
    used = set(re.findall(r"\$\{?(\w+)", json.dumps(DASHBOARD["panels"]))) - {"__rate_interval"}
    assert used == set(VARIABLES)
    assert [text for text in EXPRESSIONS if "$instance" not in text or "$job" not in text] == []


def test_what_a_legend_names_is_a_label_of_its_series():
    for target in TARGETS:
        for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
            assert re.search(rf"\b{label}\b", target["expr"]), target


def test_every_panel_says_what_it_shows_and_names_alerts_that_exist():
    for panel in PANELS:
        assert panel["title"] and panel["description"]
        named = set(re.findall(r"\bEcholine[A-Z]\w+", panel["description"]))
        assert named <= set(ALERTS), panel["title"]


def test_no_panel_lies_on_another():
    cells = []
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24, panel["title"]
        cells += [(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]
    assert len(cells) == len(set(cells))
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))

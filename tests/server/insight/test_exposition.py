"""The daemon's families as text, read by programs that are not ours."""

import os
import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

QUOTED = 'a "quoted" \\ and\né'


def written(form):
    command = [os.environ["WRITER"], form]
    return subprocess.run(command, capture_output=True, timeout=60, check=True).stdout.decode()


@pytest.fixture(scope="module")
def families():
    return {family.name: family for family in text_string_to_metric_families(written("openmetrics"))}


def test_openmetrics_is_read_by_prometheus_own_parser(families):
    assert families["echoline_connections"].type == "counter"
    assert families["echoline_uptime_seconds"].unit == "seconds"


def test_every_family_says_what_it_is(families):
    for family in families.values():
        assert family.documentation, family.name
        assert family.samples, family.name


def test_every_listener_comes_back_as_it_was(families):
    for family in families.values():
        listeners = {sample.labels["listener"] for sample in family.samples}
        assert listeners == {"echo", QUOTED}, family.name


def test_promtool_finds_no_fault():
    command = ["promtool", "check", "metrics"]
    checked = subprocess.run(
        command, input=written("prometheus"), capture_output=True, text=True, timeout=60
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")

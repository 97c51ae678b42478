"""The runbook: a section for each alert, under its side, and nothing in it that does not exist."""

import re
import shlex

from alerts import ALERTS
from documents import blocks
from installed import SOURCE
from manual_page import page, sections
from program import echoline, run

RUNBOOK = page("systemd/echoline-runbook.7.scd")
SIDES = {"THE SERVICE": "service", "THE NETWORK": "network", "THE CLIENTS": "client"}
SECTIONS = {
    side: re.split(r"^## (\w+)$", sections(RUNBOOK)[heading], flags=re.MULTILINE)
    for heading, side in SIDES.items()
}


def test_every_alert_has_its_section_below_its_side():
    found = {name: side for side, parts in SECTIONS.items() for name in parts[1::2]}
    assert found == {name: rule["labels"]["side"] for name, rule in ALERTS.items()}


def test_every_section_says_what_to_look_at_and_what_to_change():
    for parts in SECTIONS.values():
        for name, text in zip(parts[1::2], parts[2::2]):
            assert re.search(r"^\*Look at( and change)?:\*", text, re.MULTILINE), name
            assert re.search(r"^\*(Look at and c|C)hange:\*", text, re.MULTILINE), name


def test_it_refers_only_to_alerts_that_exist():
    assert set(re.findall(r"\*(Echoline\w+)\*", RUNBOOK)) <= set(ALERTS)


def test_it_refers_only_to_sections_of_the_tuning_page_that_exist():
    tuning = sections(page("server/echoline-tuning.7.scd"))
    for words in re.findall(r"\b([A-Z]+(?: [A-Z]+)*) in\s\*echoline-tuning\*", RUNBOOK):
        assert [heading for heading in tuning if heading.startswith(words)], words


def test_every_script_has_its_entry():
    entries = re.findall(r"^\*(\w+\.bt)\*$", sections(RUNBOOK)["LOOKING CLOSER"], re.MULTILINE)
    assert sorted(entries) == sorted(path.name for path in (SOURCE / "systemd/bpftrace").iterdir())


def test_every_probe_has_its_row():
    source = "".join(path.read_text() for path in (SOURCE / "server").rglob("*.cpp"))
    rows = re.findall(r"^(?:\[\[|\|) +\*(\w+)\*$", sections(RUNBOOK)["LOOKING CLOSER"], re.MULTILINE)
    assert sorted(rows) == sorted(set(re.findall(r"ECHOLINE_PROBE\d\((\w+)", source)))


def test_the_events_to_look_for_are_events_that_the_daemon_logs():
    source = "".join(path.read_text() for path in (SOURCE / "server").rglob("*.cpp"))
    events = set(re.findall(r"ECHOLINE_EVENT=([a-z-]+)", RUNBOOK))
    assert events
    assert [event for event in events if f'"{event}"' not in source] == []


def test_prometheus_takes_the_configuration_that_it_shows(tmp_path):
    [block] = blocks(SOURCE / "systemd/echoline-runbook.7.scd")
    file = tmp_path / block.marks["name"]
    file.write_text(block.text.replace("/usr/share/echoline", str(SOURCE / "systemd")))
    check = run("promtool", "check", "config", file)
    assert check.returncode == 0, check.stdout + check.stderr
    assert f"{len(ALERTS)} rules found" in check.stdout


def test_what_it_has_one_ask_is_answered(start_daemon):
    daemon = start_daemon(arguments=["--admin", "127.0.0.1:0"])
    commands = re.findall(r"^\t\*(echoline (?:ask|top) [^*|]*)", RUNBOOK, flags=re.MULTILINE)
    assert commands
    for command in commands:
        words = shlex.split(command)[1:]
        assert "unix:/run/echoline/admin.sock" in words
        address = "%s:%d" % daemon.admin_address()
        done = echoline(*(address if word.startswith("unix:") else word for word in words))
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

"""The systemd units: without a fault, and with little for an intruder."""

import re
import shutil

import pytest

from installed import UNITS, install
from program import run

if not shutil.which("systemd-analyze"):
    pytest.skip("NOT RUN, there is no systemd-analyze", allow_module_level=True)


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """Where the programs and the units are installed, each naming the other's place."""
    folder = tmp_path_factory.mktemp("prefix")
    install(folder)
    return folder


def exposure(unit):
    done = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    [line] = [line for line in done.stdout.splitlines() if "Overall exposure level" in line]
    return float(line.partition(": ")[2].split()[0])


def test_systemd_finds_no_fault_with_any_unit(prefix):
    units = [prefix / "lib/systemd/system" / unit for unit in UNITS]
    done = run("systemd-analyze", "verify", "--man=no", *units)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_would_find_a_fault(prefix, tmp_path):
    unit = tmp_path / "echoline.service"
    text = (prefix / "lib/systemd/system/echoline.service").read_text()
    unit.write_text(text.replace("WatchdogSec=", "WatchdogSeconds="))
    done = run("systemd-analyze", "verify", "--man=no", unit)
    assert "WatchdogSeconds" in done.stderr


@pytest.mark.parametrize(
    "unit, most",
    [("echoline.service", 1.1), ("echoline@.service", 1.1), ("echoline-activated.service", 0.4)],
)
def test_a_service_is_exposed_by_no_more_than(prefix, unit, most):
    assert exposure(prefix / "lib/systemd/system" / unit) <= most


def test_with_ports_below_1024_a_service_is_exposed_by_no_more_than_1_4(prefix, tmp_path):
    unit = tmp_path / "echoline.service"
    shutil.copy(prefix / "lib/systemd/system/echoline.service", unit)
    with open(unit, "a") as file:
        file.write((prefix / "share/echoline/low-ports.conf").read_text())
    assert 1.1 < exposure(unit) <= 1.4


def test_a_reload_asks_where_the_service_is_administered(prefix):
    places = set()
    for unit in UNITS[:3]:
        text = (prefix / "lib/systemd/system" / unit).read_text()
        [place] = re.findall(r"^ExecStart=.* --admin (unix:%t/\S+)$", text, re.MULTILINE)
        [reload] = re.findall(r"^ExecReload=(.*)$", text, re.MULTILINE)
        assert reload == f"{prefix}/bin/echoline ask --timeout 80s {place} RELOAD"
        [folder] = re.findall(r"^RuntimeDirectory=(\S+)$", text, re.MULTILINE)
        assert place == f"unix:%t/{folder}/admin.sock"
        places.add(place)
    # Instances have one each.
    assert len(places) == 2

"""The Debian package: what installing it does, and that purging it leaves nothing."""

import pytest

from daemon import listener
from test_own_ports import check_echo
from units import SERVICES, SOCKETS


def traces(machine, of_package):
    """What there is with the package's name, outside dpkg's own records, and of its files."""
    named = machine.run(
        "find", "/etc", "/run", "/var/lib", "-path", "/var/lib/dpkg", "-prune",
        "-o", "-name", "*echoline*", "-print",
    )  # fmt: skip
    files = [name for name in of_package if machine.path(name).is_file()]
    return set(named.splitlines() + files)


def test_installing_enables_and_starts_nothing(machine):
    for unit in SERVICES + SOCKETS:
        assert machine.systemctl("is-enabled", unit, check=False) == "disabled"
        assert machine.systemctl("is-active", unit, check=False) == "inactive"


def test_enabling_starts_it_at_every_boot(machine):
    machine.systemctl("enable", "--now", "echoline-activated.service")
    for unit in SERVICES[1:] + SOCKETS:
        assert machine.systemctl("is-enabled", unit) == "enabled"
        assert machine.systemctl("is-active", unit) == "active"
    wanted = machine.systemctl("list-dependencies", "--plain", "multi-user.target")
    assert "echoline-activated.service" in wanted
    for socket in SOCKETS:
        assert socket in machine.systemctl("list-dependencies", "--plain", "sockets.target")


@pytest.mark.parametrize("unit", SERVICES)
def test_an_upgrade_restarts_what_runs_and_nothing_else(machine, package, unit):
    machine.systemctl("start", unit)
    before = machine.main_pid(unit)
    machine.install(package)
    assert machine.main_pid(unit) not in (0, before)
    for other in SERVICES:
        expected = "active" if other == unit else "inactive"
        assert machine.systemctl("is-active", other, check=False) == expected
        assert machine.systemctl("is-enabled", other, check=False) == "disabled"


def test_an_upgrade_keeps_the_operator_s_configuration(machine, package):
    machine.write("/etc/echoline/echoline.toml", "workers = 1\n")
    machine.install(package)
    assert machine.path("/etc/echoline/echoline.toml").read_text() == "workers = 1\n"


def test_an_upgrade_restarts_no_daemon_that_would_not_come_back(machine, package):
    """Of two that run, one has a configuration with an error in it by now."""
    wrong, good = "echoline@wrong.service", "echoline@good.service"
    for unit, port in ((wrong, 7100), (good, 7200)):
        name = unit.partition("@")[2].partition(".")[0]
        machine.write(f"/etc/echoline/{name}.toml", listener("echo", f"127.0.0.1:{port}"))
        machine.systemctl("start", unit)
    before = {unit: machine.main_pid(unit) for unit in (wrong, good)}
    machine.write("/etc/echoline/wrong.toml", "worker = 1\n")
    said = machine.install(package)
    assert "/etc/echoline/wrong.toml:1:1: unknown key 'worker'" in said
    assert f"{wrong} is not restarted" in said and f"systemctl restart {wrong}" in said
    assert good not in said
    assert machine.main_pid(wrong) == before[wrong]
    assert machine.main_pid(good) not in (0, before[good])
    check_echo(("127.0.0.1", 7100))
    check_echo(("127.0.0.1", 7200))


def test_a_purge_leaves_nothing(machine, package):
    """Of what was enabled, of what runs, and of an instance."""
    of_package = machine.run("dpkg", "--listfiles", "echoline").splitlines()
    machine.purge()
    before = traces(machine, of_package)
    machine.install(package)
    try:
        machine.write("/etc/echoline/other.toml", "workers = 1\n")
        machine.systemctl("enable", *SERVICES, *SOCKETS, "echoline@other.service")
        machine.systemctl("start", SERVICES[0], "echoline@other.service", check=False)
        assert len(traces(machine, of_package) - before) > 20
        machine.purge()
        assert traces(machine, of_package) == before
        units = machine.systemctl("list-units", "--all", "--type=service,socket")
        assert "echoline" not in units
    finally:
        machine.install(package)

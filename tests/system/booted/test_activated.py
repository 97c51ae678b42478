"""echoline-activated.service: on ports that systemd holds, through anything that befalls it."""

import re

import pytest

from daemon import listener
from deadline import until
from installed import SOURCE
from peer import Peer
from test_own_ports import check_echo, check_line
from units import ACTIVATED, METRICS, OWN_PORTS, SOCKETS
from visitors import Visitors

ECHO = ("127.0.0.1", 7007)
LINE = ("127.0.0.1", 7008)
LOW = ("127.0.0.1", 7)


@pytest.fixture
def activated(machine):
    """On a port below 1024 and one above."""
    machine.drop_in(SOCKETS[0], "[Socket]\nListenStream=\nListenStream=127.0.0.1:7\n")
    machine.systemctl("enable", "--now", ACTIVATED)
    return machine


def test_a_connection_to_either_socket_starts_it(machine):
    machine.systemctl("start", *SOCKETS)
    assert machine.systemctl("is-active", ACTIVATED, check=False) == "inactive"
    check_line(LINE)
    assert machine.systemctl("is-active", ACTIVATED) == "active"
    check_echo(ECHO)


def test_it_serves_any_port_without_a_capability_or_a_network(activated):
    check_echo(LOW)
    check_line(LINE)
    pid = activated.main_pid(ACTIVATED)
    assert "CapBnd:\t0000000000000000" in activated.run("cat", f"/proc/{pid}/status")
    network = activated.run("readlink", f"/proc/{pid}/ns/net")
    assert network != activated.run("readlink", "/proc/1/ns/net")


def test_a_socket_that_is_changed_takes_the_service_along_when_it_restarts(machine):
    machine.systemctl("start", ACTIVATED)
    check_echo(ECHO)
    machine.drop_in(SOCKETS[0], "[Socket]\nListenStream=\nListenStream=[::1]:77\n")
    machine.systemctl("restart", SOCKETS[0])
    check_echo(("::1", 77))
    check_line(LINE)


def examples(section):
    """The blocks of a section of the manual page, in order."""
    text = (SOURCE / "server/echolined.8.scd").read_text().partition(f"## {section}\n")[2]
    return re.findall(r"^```\n(.*?)^```$", text.partition("\n# ")[0], re.MULTILINE | re.DOTALL)


def test_a_third_socket_is_had_as_the_manual_page_says(machine):
    socket, drop_in, *_ = examples(f"Another socket for {ACTIVATED}")
    machine.systemctl("start", ACTIVATED)
    machine.write("/run/systemd/system/echoline-chargen.socket", socket)
    machine.drop_in(ACTIVATED, drop_in)
    machine.systemctl("restart", ACTIVATED)
    check_echo(ECHO)
    check_line(LINE)
    with Peer(("127.0.0.1", 7019)) as peer:
        assert peer.read_line().startswith(b' !"#$%&')
    machine.systemctl("stop", "echoline-chargen.socket")
    assert machine.systemctl("is-active", ACTIVATED, check=False) == "inactive"


def test_its_figures_are_had_on_a_third_socket(machine):
    machine.write("/etc/echoline/echoline.toml", '[metrics]\naddress = "systemd"\n')
    machine.drop_in(ACTIVATED, f"[Unit]\nPartOf={METRICS}\n[Service]\nSockets={METRICS}\n")
    machine.systemctl("start", ACTIVATED)
    with Peer(("127.0.0.1", 9177)) as peer:
        peer.send(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert peer.read_line().startswith(b"HTTP/1.1 200 ")
    # The network is not the service's own, and it can be asked to read its file again.
    machine.systemctl("reload", ACTIVATED)


def test_a_third_listener_of_the_file_without_a_socket_is_warned_of(machine):
    config = listener("echo") + listener("line") + listener("chargen", "127.0.0.1:7019")
    machine.write("/etc/echoline/echoline.toml", config)
    machine.systemctl("start", ACTIVATED)
    warnings = machine.journal(f"--unit={ACTIVATED}", "--priority=warning")
    assert "listener-unused listener=chargen" in warnings
    assert warnings.count("listener-unused") == 1


def test_its_sockets_stop_it(machine):
    machine.systemctl("start", ACTIVATED)
    machine.systemctl("stop", *SOCKETS)
    assert machine.systemctl("is-active", ACTIVATED, check=False) == "inactive"
    with pytest.raises(ConnectionRefusedError):
        Peer(ECHO)


def test_it_takes_the_place_of_the_one_with_ports_of_its_own(machine):
    machine.systemctl("start", OWN_PORTS)
    machine.systemctl("start", ACTIVATED)
    assert machine.systemctl("is-active", OWN_PORTS, check=False) == "inactive"
    check_echo(ECHO)
    machine.systemctl("start", OWN_PORTS)
    for unit in (ACTIVATED, *SOCKETS):
        assert machine.systemctl("is-active", unit, check=False) == "inactive"
    check_echo(ECHO)


def test_five_restarts_under_load_refuse_nobody_and_cut_nobody_off(activated):
    pids = {activated.main_pid(ACTIVATED)}
    with Visitors(LOW) as visitors:
        for _ in range(5):
            visitors.wait_for(200)
            activated.systemctl("restart", ACTIVATED)
            pids.add(activated.main_pid(ACTIVATED))
        visitors.wait_for(200)
    assert len(pids) == 6
    assert visitors.failures == []


def test_an_upgrade_under_load_refuses_nobody_and_cuts_nobody_off(activated, package):
    before = activated.main_pid(ACTIVATED)
    with Visitors(LOW) as visitors:
        visitors.wait_for(200)
        activated.install(package)
        visitors.wait_for(200)
    assert activated.main_pid(ACTIVATED) != before
    assert visitors.failures == []


def test_a_reload_under_load_takes_effect_and_cuts_nobody_off(activated):
    before = activated.main_pid(ACTIVATED)
    with Visitors(LOW) as visitors, Peer(LINE) as peer:
        visitors.wait_for(200)
        activated.write("/etc/echoline/echoline.toml", "[limits]\nmax_connections = 77\n")
        activated.systemctl("reload", ACTIVATED)
        assert peer.stats()["connections_max"] == 77
        visitors.wait_for(200)
    assert activated.main_pid(ACTIVATED) == before
    assert visitors.failures == []


def test_a_reload_with_a_wrong_configuration_fails_and_changes_nothing(activated):
    activated.write("/etc/echoline/echoline.toml", "[limits]\nmax_connections = 0\n")
    assert "failed" in activated.systemctl("reload", ACTIVATED, check=False)
    until(lambda: "'max_connections' is 0" in activated.journal(f"--unit={ACTIVATED}"))
    with Peer(LINE) as peer:
        assert peer.stats()["connections_max"] == 10000
    assert activated.systemctl("is-active", ACTIVATED) == "active"


def test_killed_under_load_it_comes_back_and_refuses_nobody(activated):
    with Visitors(LOW) as visitors:
        visitors.wait_for(200)
        activated.run("kill", "-9", activated.main_pid(ACTIVATED))
        visitors.wait_for(200)
    # Who was being served when it was killed, is cut off; who came later waited.
    assert [failure for failure in visitors.failures if "Refused" in failure] == []
    assert activated.show(ACTIVATED, "NRestarts") == "1"

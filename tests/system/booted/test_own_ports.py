"""echoline.service, and instances: with ports of their own."""

import os
import re
import signal
import socket
import stat
import time

import pytest

from daemon import listener
from deadline import until
from peer import Peer
from units import OWN_PORTS

LOW_PORTS = "/usr/share/echoline/low-ports.conf"


def start(machine, config=None):
    if config is not None:
        machine.write("/etc/echoline/echoline.toml", config)
    machine.systemctl("enable", "--now", OWN_PORTS)


def check_echo(address):
    with Peer(address) as peer:
        peer.send(b"hello")
        assert peer.read_exactly(5) == b"hello"


def check_line(address):
    with Peer(address) as peer:
        assert peer.ask(b"PING") == b"+PONG\r\n"


def outside(machine, pid):
    """The number here of a process that is `pid` in the machine."""
    inside = os.stat(f"/proc/{machine.pid}/ns/pid").st_ino
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{entry}/ns/pid").st_ino != inside:
                continue
            status = open(f"/proc/{entry}/status").read()
        except OSError:
            continue  # it has ended
        if re.search(rf"^NSpid:.*\t{pid}$", status, re.MULTILINE):
            return int(entry)
    raise AssertionError(f"the machine has no process {pid}")


def test_it_serves_both_protocols_and_says_so_in_its_status(machine):
    start(machine)
    check_echo(("127.0.0.1", 7007))
    check_line(("127.0.0.1", 7008))
    with Peer(("127.0.0.1", 7007)):
        until(lambda: "1 connection" in machine.show(OWN_PORTS, "StatusText"))
        status = machine.systemctl("status", OWN_PORTS)
    assert "Active: active (running)" in status
    [text] = re.findall(r"Status: \"(.*)\"", status)
    assert "127.0.0.1:7007" in text and "127.0.0.1:7008" in text and "1 connection" in text


def test_it_has_no_user_no_capability_and_nothing_to_write(machine):
    start(machine)
    pid = machine.main_pid(OWN_PORTS)
    status = dict(re.findall(r"^(\w+):\s*(.*)$", machine.run("cat", f"/proc/{pid}/status"), re.M))
    assert 61184 <= int(status["Uid"].split()[0]) <= 65519  # a DynamicUser's
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    mounts = machine.run("cat", f"/proc/{pid}/mountinfo")
    [root] = [line.split()[5] for line in mounts.splitlines() if line.split()[4] == "/"]
    assert "ro" in root.split(",")


def test_its_log_has_priorities_in_the_journal(machine):
    start(machine)
    check_line(("127.0.0.1", 7008))
    until(lambda: "session" in machine.journal(f"--unit={OWN_PORTS}", "--priority=info"))
    machine.write("/etc/echoline/echoline.toml", "[limits]\nmax_connections = 1000000\n")
    machine.systemctl("restart", OWN_PORTS)
    warnings = machine.journal(f"--unit={OWN_PORTS}", "--priority=warning")
    assert "max-connections-lowered" in warnings
    assert "<" not in warnings and "listening" not in warnings


def test_its_events_have_fields_in_the_journal(machine):
    start(machine)
    check_line(("127.0.0.1", 7008))
    own = (f"--unit={OWN_PORTS}", f"_PID={machine.main_pid(OWN_PORTS)}")
    [line] = until(lambda: machine.journal(*own, "ECHOLINE_SESSION=1").splitlines())
    assert line.startswith("session id=1 listener=line peer=127.0.0.1:")
    machine.systemctl("stop", OWN_PORTS)
    # The last of them, too, whose sender is gone when the journal asks about it.
    assert machine.journal(*own, "ECHOLINE_EVENT=stopped") == "stopped"


def test_a_reload_takes_effect_before_it_returns(machine):
    start(machine)
    machine.write("/etc/echoline/echoline.toml", listener("echo", "127.0.0.1:7017"))
    machine.systemctl("reload", OWN_PORTS)
    check_echo(("127.0.0.1", 7017))
    with pytest.raises(ConnectionRefusedError):
        Peer(("127.0.0.1", 7007))


def test_a_reload_onto_a_port_that_is_taken_fails_and_says_so(machine):
    start(machine)
    with socket.create_server(("127.0.0.1", 7017)):
        machine.write("/etc/echoline/echoline.toml", listener("echo", "127.0.0.1:7017"))
        assert "failed" in machine.systemctl("reload", OWN_PORTS, check=False)
    why = "-ERR not reloaded: cannot listen on 127.0.0.1:7017: Address already in use"
    until(lambda: why in machine.journal(f"--unit={OWN_PORTS}"))
    check_echo(("127.0.0.1", 7007))
    assert machine.show(OWN_PORTS, "ActiveState") == "active"
    machine.systemctl("reload", OWN_PORTS)
    check_echo(("127.0.0.1", 7017))


def test_an_instance_reloads_its_own_configuration(machine):
    for name, port in (("a", 7100), ("b", 7200)):
        machine.write(f"/etc/echoline/{name}.toml", listener("echo", f"127.0.0.1:{port}"))
        machine.systemctl("start", f"echoline@{name}.service")
    machine.write("/etc/echoline/a.toml", listener("echo", "127.0.0.1:7300"))
    machine.systemctl("reload", "echoline@a.service")
    check_echo(("127.0.0.1", 7300))
    check_echo(("127.0.0.1", 7200))


def test_ports_below_1024_take_the_drop_in(machine):
    config = listener("echo", "127.0.0.1:7") + listener("line", "127.0.0.1:7008")
    machine.write("/etc/echoline/echoline.toml", config)
    machine.systemctl("start", OWN_PORTS, check=False)
    denied = "cannot listen on 127.0.0.1:7: Permission denied"
    until(lambda: denied in machine.journal(f"--unit={OWN_PORTS}"))
    folder = f"/etc/systemd/system/{OWN_PORTS}.d"
    machine.run("mkdir", folder)
    try:
        machine.run("ln", "-s", LOW_PORTS, folder)
        machine.systemctl("daemon-reload")
        machine.systemctl("restart", OWN_PORTS)
        check_echo(("127.0.0.1", 7))
        check_line(("127.0.0.1", 7008))
    finally:
        machine.run("rm", "-r", folder)


def test_instances_have_a_configuration_each_and_run_side_by_side(machine):
    start(machine)
    for name, port in (("a", 7100), ("b", 7200)):
        config = listener("echo", f"[::1]:{port}") + listener("line", f"unix:/run/echoline-{name}/l")
        machine.write(f"/etc/echoline/{name}.toml", config)
        machine.systemctl("start", f"echoline@{name}.service")
        check_echo(("::1", port))
        assert machine.path(f"/run/echoline-{name}/l").is_socket()
    machine.systemctl("stop", "echoline@a.service")
    check_echo(("::1", 7200))
    check_echo(("127.0.0.1", 7007))


def test_instances_have_a_user_each_and_none_reaches_the_socket_of_another(machine):
    users = set()
    for name in ("a", "b-2", "activated"):
        path = f"/run/echoline-{name}/s"
        config = listener("echo", f"unix:{path}")
        machine.write(f"/etc/echoline/{name}.toml", config)
        machine.systemctl("start", f"echoline@{name}.service")
        owner = machine.path(path).stat()
        assert stat.S_IMODE(owner.st_mode) == 0o700
        users.add(owner.st_uid)
    machine.systemctl("start", "echoline-activated.service")
    pid = machine.main_pid("echoline-activated.service")
    users.add(int(machine.run("stat", "-c", "%u", f"/proc/{pid}")))
    assert len(users) == 4


def test_a_wrong_configuration_is_told_and_not_tried_again(machine):
    machine.write("/etc/echoline/echoline.toml", "worker = 1\n")
    machine.systemctl("start", OWN_PORTS, check=False)
    until(lambda: machine.show(OWN_PORTS, "ActiveState") == "failed")
    assert machine.show(OWN_PORTS, "ExecMainStatus") == "78"
    assert machine.show(OWN_PORTS, "NRestarts") == "0"
    errors = machine.journal(f"--unit={OWN_PORTS}", "--priority=err")
    assert "did you mean 'workers'?" in errors


def test_killed_it_comes_back(machine):
    start(machine)
    killed = machine.main_pid(OWN_PORTS)
    machine.run("kill", "-9", killed)
    until(lambda: machine.show(OWN_PORTS, "NRestarts") == "1", 20)
    until(lambda: machine.show(OWN_PORTS, "ActiveState") == "active", 20)
    assert machine.main_pid(OWN_PORTS) != killed
    check_echo(("127.0.0.1", 7007))


def test_hung_it_is_killed_by_the_watchdog_and_comes_back(machine):
    machine.drop_in(OWN_PORTS, "[Service]\nWatchdogSec=1s\n")
    start(machine)
    hung = machine.main_pid(OWN_PORTS)
    os.kill(outside(machine, hung), signal.SIGSTOP)
    until(lambda: machine.main_pid(OWN_PORTS) not in (0, hung), 30)
    until(lambda: machine.show(OWN_PORTS, "ActiveState") == "active", 20)
    assert "Watchdog timeout" in machine.journal("--unit", OWN_PORTS, "_PID=1")
    check_echo(("127.0.0.1", 7007))


def test_it_stops_cleanly(machine):
    start(machine)
    with Peer(("127.0.0.1", 7007)) as peer:
        peer.send(b"last words")
        machine.systemctl("stop", "--no-block", OWN_PORTS)
        assert peer.read_to_end() == b"last words"
    until(lambda: machine.show(OWN_PORTS, "ActiveState") == "inactive")
    assert machine.show(OWN_PORTS, "Result") == "success"
    with pytest.raises(ConnectionRefusedError):
        Peer(("127.0.0.1", 7007))


def test_a_long_grace_is_not_cut_short_by_the_unit_s_time_out(machine):
    machine.drop_in(OWN_PORTS, "[Service]\nTimeoutStopSec=1s\n")
    start(machine, 'shutdown_grace = "60s"\n' + listener("echo", "127.0.0.1:7007"))
    with Peer(("127.0.0.1", 7007), receive_buffer=4096) as peer:
        sent = peer.send_while_taken(bytes(1 << 20), 0.5, limit=1 << 26)
        machine.systemctl("stop", "--no-block", OWN_PORTS)
        until(lambda: "stopping" in machine.show(OWN_PORTS, "StatusText"))
        time.sleep(3)  # the time-out is what this is about
        assert machine.show(OWN_PORTS, "ActiveState") == "deactivating"
        assert len(peer.read_to_end()) == sent
    until(lambda: machine.show(OWN_PORTS, "ActiveState") == "inactive")
    assert machine.show(OWN_PORTS, "Result") == "success"

"""What the sockets of TCP connections are like: keys of the daemon, options of the client."""

import json
import socket
import subprocess
from contextlib import contextmanager

import pytest

from activate import launcher
from borrowed import connection_of
from daemon import listener
from deadline import until
from peer import SECONDS, Peer
from program import ECHOLINE, ECHOLINED, echoline, run

TCP, SOL, IP, IPV6 = socket.IPPROTO_TCP, socket.SOL_SOCKET, socket.IPPROTO_IP, socket.IPPROTO_IPV6
USER_TIMEOUT, BUF_LOCK, BINDTODEVICE = 18, 72, 25

KEYS = {
    "keepalive": "30s",
    "user_timeout": "12345ms",
    "rcvbuf": "40000B",
    "sndbuf": "50000B",
    "dscp": "ef",
    "mss": 1000,
    "nodelay": False,
    "device": "lo",
}
# Twice the buffers, which the kernel accounts; of the mss what its time stamps leave.
SET = {
    "keepalive": (1, 30, 10, 3),
    "user_timeout": 12345,
    "buffers": (80_000, 100_000),
    "dscp": 46 << 2,
    "mss": 988,
    "nodelay": 0,
    "device": "lo",
}


def options_of(one):
    get = one.getsockopt
    times = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    six = one.family == socket.AF_INET6
    return {
        "keepalive": (get(SOL, socket.SO_KEEPALIVE), *(get(TCP, name) for name in times)),
        "user_timeout": get(TCP, USER_TIMEOUT),
        "buffers": (get(SOL, socket.SO_RCVBUF), get(SOL, socket.SO_SNDBUF)),
        "dscp": get(IPV6, socket.IPV6_TCLASS) if six else get(IP, socket.IP_TOS),
        "mss": get(TCP, socket.TCP_MAXSEG),
        "nodelay": get(TCP, socket.TCP_NODELAY),
        "device": get(SOL, BINDTODEVICE, 16).rstrip(b"\0").decode(),
    }


def accepted(daemon, peer):
    """The options of the daemon's end of a connection."""
    peer.send(b"x\r\n")
    peer.read_exactly(3)
    with connection_of(daemon.pid, peer.socket.getsockname()) as one:
        return options_of(one)


def tcp(**settings):
    return listener("-", **settings).partition("address = ")[2].partition("\n")[2]


def test_a_listener_s_connections_have_its_options_and_others_have_none(start_daemon):
    config = listener("echo", **KEYS) + listener("echo", name="plain")
    daemon = start_daemon(config + listener("echo", "[::]:0", "six", **KEYS))
    with Peer(daemon.address("echo")) as set_, Peer(daemon.address("plain")) as plain:
        assert accepted(daemon, set_) == SET
        usual = accepted(daemon, plain)
    assert usual["keepalive"][0] == usual["user_timeout"] == usual["dscp"] == 0
    assert usual["nodelay"] == 1 and usual["mss"] > 1000 and usual["device"] == ""
    with Peer(("::1", daemon.port("six"))) as six:
        assert accepted(daemon, six) == SET


def test_those_of_all_are_overridden_by_those_of_one(start_daemon):
    config = '[tcp]\nkeepalive = "30s"\ndscp = "cs1"\n'
    daemon = start_daemon(config + listener("echo") + listener("echo", name="own", dscp=0))
    with Peer(daemon.address("echo")) as of_all, Peer(daemon.address("own")) as own:
        assert accepted(daemon, of_all)["dscp"] == 8 << 2
        assert accepted(daemon, own)["dscp"] == 0
        assert accepted(daemon, own)["keepalive"] == (1, 30, 10, 3)


def test_a_reload_changes_them_for_the_connections_to_come_and_back(start_daemon):
    keys = {key: value for key, value in KEYS.items() if key != "device"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = "127.0.0.1:%d" % free.getsockname()[1]
    daemon = start_daemon(listener("echo", address))
    with Peer(daemon.address("echo")) as before:
        usual = accepted(daemon, before)
        assert daemon.reload(listener("echo", address, **keys))
        assert accepted(daemon, before) == usual
        with Peer(daemon.address("echo")) as between:
            assert accepted(daemon, between) == {**SET, "device": ""}
        assert daemon.reload(listener("echo", address))
        with Peer(daemon.address("echo")) as after:
            found = accepted(daemon, after)
            with connection_of(daemon.pid, after.socket.getsockname()) as one:
                assert one.getsockopt(SOL, BUF_LOCK) == 0
    assert found["keepalive"][0] == found["user_timeout"] == found["dscp"] == 0
    assert found["nodelay"] == 1 and found["mss"] == usual["mss"]
    assert not daemon.events("socket-option-refused")


def test_a_device_that_changes_waits_for_a_restart(start_daemon):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = "127.0.0.1:%d" % free.getsockname()[1]
    daemon = start_daemon(listener("echo", address))
    assert daemon.reload(listener("echo", address, device="lo"))
    [line] = daemon.events("restart-to-apply")
    assert (line["setting"], line["listener"]) == ("device", "echo")
    with Peer(daemon.address("echo")) as peer:
        assert accepted(daemon, peer)["device"] == ""


def test_a_buffer_of_another_size_is_told_at_the_start_and_at_a_reload(start_daemon):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = "127.0.0.1:%d" % free.getsockname()[1]
    daemon = start_daemon(listener("echo", address, rcvbuf="1GiB", sndbuf="64KiB"))
    [line] = daemon.events("buffer-adjusted")
    assert line.level == "warning"
    assert (line["listener"], line["option"], line["asked"]) == ("echo", "rcvbuf", "1GiB")
    assert "net.core.rmem_max" in line["hint"]
    assert daemon.reload(listener("echo", address, rcvbuf="1GiB", sndbuf="1B"))
    assert [line["option"] for line in daemon.events("buffer-adjusted")] == ["rcvbuf"] * 2 + ["sndbuf"]
    # Nothing of it has changed.
    assert daemon.reload(listener("echo", address, rcvbuf="1GiB", sndbuf="1B"))
    assert len(daemon.events("buffer-adjusted")) == 3
    # Whoever asked for less than there is has no use for the limit.
    assert daemon.events("buffer-adjusted")[-1]["hint"] == "the system gives no less"


def start_fails(config, folder, **how):
    file = folder / "c.toml"
    file.write_text(config)
    done = run(*how.get("launcher", ()), ECHOLINED, "--config", file, pass_fds=how.get("fds", ()))
    assert done.returncode not in (0, -11)
    [line] = done.stderr.splitlines()
    return line


def test_an_interface_that_is_not_there_is_an_error_at_the_start_that_says_what_to_do(tmp_path):
    said = start_fails(listener("echo", device="nowhere0"), tmp_path)
    assert "cannot listen on 127.0.0.1:0: No such device" in said
    assert 'device = "nowhere0": this machine has no such interface' in said and "ip link" in said


def test_a_socket_that_was_passed_on_has_them_too(start_daemon, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as passed:
        how = launcher({"echo": passed})
        daemon = start_daemon(listener("echo", "systemd", **KEYS), **how)
        with Peer(passed.getsockname()) as peer:
            assert accepted(daemon, peer) == SET
    with socket.create_server(("127.0.0.1", 0)) as passed:
        said = start_fails(listener("echo", "systemd", device="nowhere0"), tmp_path, **launcher({"echo": passed}))
    assert 'the socket "echo" that systemd passed on: No such device (device = "nowhere0": ' in said


def test_a_unix_socket_that_was_passed_on_has_none(start_daemon, tmp_path):
    with socket.socket(socket.AF_UNIX) as passed:
        passed.bind(str(tmp_path / "s"))
        passed.listen()
        how = launcher({"echo": passed})
        said = start_fails(listener("echo", "systemd", mss=1000), tmp_path, **how)
        assert 'the socket "echo" that systemd passed on is a Unix socket' in said and "[tcp]" in said
        start_daemon("[tcp]\nmss = 1000\n" + listener("echo", "systemd"), **how)


# Of the client.

WORDS = {
    "ping": ["ping", "-c", "1"],
    "ask": ["ask"],
    "connect": ["connect"],
    "send": ["send"],
    "load": ["load", "-q", "-c", "1", "-n", "1", "--protocol", "line"],
}


@contextmanager
def client(command, port, *options):
    words = [ECHOLINE, *WORDS[command], *options, f"127.0.0.1:{port}", *["PING"][: command == "ask"]]
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe)
    if command == "send":
        process.stdin.write(b"PING\n")
        process.stdin.flush()
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("command", WORDS)
def test_every_command_sets_them_on_its_connections(command):
    """As the other end sees it, to which the longest segment is announced."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SECONDS)
        with client(command, server.getsockname()[1], "--mss", "700"):
            one, _ = server.accept()
            with one:
                assert one.getsockopt(TCP, socket.TCP_MAXSEG) == 700 - 12


def test_all_of_them_are_on_the_client_s_socket():
    options = [
        "--keepalive", "30s", "--user-timeout", "12345ms", "--rcvbuf", "40000", "--sndbuf", "50000",
        "--dscp", "ef", "--mss", "1000", "--nodelay", "off", "--device", "lo",
    ]  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SECONDS)
        with client("connect", server.getsockname()[1], *options) as process:
            one, _ = server.accept()
            with one, connection_of(process.pid, one.getsockname()) as its:
                assert options_of(its) == SET


def test_the_plan_of_a_load_states_them(daemon, tmp_path):
    file = tmp_path / "r.json"
    words = ["load", "-q", "-n", "10", "-c", "2", "--json", file, "--dscp", "af41", "--keepalive", "5s"]
    done = echoline(*words, "--user-timeout", "1500ms", "--rcvbuf", "64KiB", daemon.target("echo"))
    assert done.returncode == 0, done.stderr
    plan = json.loads(file.read_text())["plan"]
    assert (plan["dscp"], plan["keepalive_s"], plan["user_timeout_s"]) == (34, 5, 1.5)
    assert (plan["rcvbuf"], plan["sndbuf"], plan["mss"]) == (65536, 0, 0)
    assert (plan["nodelay"], plan["device"]) == (True, "")


def test_a_buffer_of_another_size_is_told_to_who_asked(daemon):
    done = echoline("ask", "--rcvbuf", "1GiB", daemon.target("line"), "PING")
    assert (done.returncode, done.stdout) == (0, "+PONG\n")
    [line] = done.stderr.splitlines()
    assert line.startswith("echoline: --rcvbuf: 1GiB asked for, the system gives ")
    assert line.endswith("sysctl net.core.rmem_max is the most")


@pytest.mark.parametrize(
    "words, said",
    [
        (["--mss", "87"], '--mss: "87" is out of range; write 88 to 32767'),
        (["--mss", "x"], "--mss: "),
        (["--dscp", "64"], '--dscp: "64" is not a code point; write 0 to 63, or cs0 to cs7'),
        (["--keepalive", "1500ms"], '--keepalive: "1500ms" is not taken; write 1s to 9h, in whole seconds'),
        (["--keepalive", "0"], '--keepalive: "0" is not taken'),
        (["--user-timeout", "25h"], '--user-timeout: "25h" is not taken; write 1ms to 24h, in whole milli'),
        (["--rcvbuf", "0"], '--rcvbuf: "0" is out of range; write 1B to 1GiB'),
        (["--sndbuf", "2GiB"], '--sndbuf: "2GiB" is out of range; write 1B to 1GiB'),
        (["--nodelay", "yes"], '--nodelay: "yes" is not one of on, off'),
        (["--device", "nowhere0"], "--device: No such device; this machine has no such interface"),
        (["--device", "sixteen-letters-"], '--device: "sixteen-letters-" is too long'),
    ],
)
def test_a_wrong_one_is_refused_in_one_line(words, said):
    done = echoline("ask", *words, "127.0.0.1:1", "PING")
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[0]


@pytest.mark.parametrize("command", WORDS)
def test_a_unix_socket_has_none(command):
    done = echoline(*WORDS[command], "--dscp", "ef", "unix:/s", *["PING"][: command == "ask"])
    assert done.returncode == 2
    assert "--dscp: is for TCP, and unix:/s is a Unix socket" in done.stderr.splitlines()[0]

"""`echoline ping` against the real daemon, and against nobody."""

import json
import re
import signal
import socket
import subprocess
import time

import pytest

from deadline import until
from peer import SECONDS
from program import ECHOLINE, echoline, run
from sanitized import PATIENCE
from service import Service

STATISTICS = re.compile(
    r"--- (?P<target>\S+) ping statistics ---\n"
    r"(?P<sent>\d+) sent, (?P<answered>\d+) answered, (?P<lost>\d+) lost, (?P<loss>[\d.]+)% loss\n"
    r"(?:min/avg/p50/p99/max/mdev = (?P<times>[\d./]+) ms\n)?"
)


def figures(stdout):
    found = STATISTICS.search(stdout)
    assert found, stdout
    return tuple(int(found[name]) for name in ("sent", "answered", "lost"))


@pytest.mark.parametrize("protocol", ["echo", "line"])
@pytest.mark.parametrize("size", [1, 56, 5000])
def test_ping_counts_what_is_answered_and_exits_with_0(daemon, protocol, size):
    to = daemon.target(protocol)
    done = echoline("ping", "-c", 5, "-i", 0.01, "-s", size, "--protocol", protocol, to)
    assert done.returncode == 0 and done.stderr == ""
    assert figures(done.stdout) == (5, 5, 0)
    for sequence in range(1, 6):
        assert re.search(rf"^{to}: seq={sequence} bytes={size} time=\d", done.stdout, re.M)
    times = STATISTICS.search(done.stdout)["times"]
    least, mean, p50, p99, most, _ = map(float, times.split("/"))
    assert least <= p50 <= p99 <= most and least <= mean <= most


def test_time_stamps_stand_before_each_line(daemon):
    to = daemon.target("echo")
    done = echoline("ping", "-D", "-c", 2, "-i", 0.01, to, "unix:/no/such")
    lines = re.findall(rf"^\[(\d+\.\d{{6}})\] (\S+): +seq=", done.stdout, re.M)
    assert sorted(target for _, target in lines) == sorted([to, "unix:/no/such"] * 2)
    assert all(abs(float(stamp) - time.time()) < 60 * PATIENCE for stamp, _ in lines)


@pytest.mark.parametrize("protocol, what", [("echo", "bytes=56"), ("connect", "connected")])
def test_every_address_of_a_name_is_tried_and_the_one_that_answers_is_named(
    daemon, names, protocol, what
):
    served = daemon.target("echo")
    to = served.replace("127.0.0.1", "both.example")  # whose first address is ::1
    ping = [*names, ECHOLINE, "ping", "-i", 0, "--protocol", protocol, to]
    done = run(*ping, "-c", 2)
    assert done.returncode == 0 and figures(done.stdout) == (2, 2, 0)
    assert f"\n{to} ({served}): seq=2 {what} time=" in done.stdout
    objects = run(*ping, "-c", 1, "--json").stdout
    assert json.loads(objects.splitlines()[0])["address"] == served


def listen_on_both():
    """Sockets on ::1 and on 127.0.0.1 with one port; their backlogs take whoever connects."""
    for _ in range(100):
        first = socket.create_server(("::1", 0), family=socket.AF_INET6, backlog=1000)
        try:
            port = first.getsockname()[1]
            return first, socket.create_server(("127.0.0.1", port), backlog=1000), port
        except OSError:
            first.close()  # another program has that port on 127.0.0.1
    raise AssertionError("no port is free on both addresses")


def test_where_the_address_that_answered_is_gone_another_one_is_taken(names):
    first, second, port = listen_on_both()
    command = [*names, ECHOLINE, "ping", "-i", "0.02", "--protocol", "connect", f"both.example:{port}"]
    ping = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        with second:
            with first:
                assert f"([::1]:{port}): seq=1 connected" in ping.stdout.readline()
            until(
                lambda: f"(127.0.0.1:{port}):" in ping.stdout.readline(), SECONDS, "the other address"
            )
            ping.send_signal(signal.SIGINT)
            rest, _ = ping.communicate(timeout=20 * PATIENCE)
    finally:
        ping.kill()
        ping.wait(10)
    assert ", 0% loss" in rest and ping.returncode == 0


def test_ping_keeps_its_interval(daemon):
    start = time.monotonic()
    assert echoline("ping", "-c", 4, "-i", 0.2, daemon.target("echo")).returncode == 0
    assert 0.6 <= time.monotonic() - start < 0.6 + 2 * PATIENCE


def test_ping_exits_with_1_where_nobody_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        to = "127.0.0.1:%d" % bound.getsockname()[1]
        done = echoline("ping", "-c", 2, "-i", 0.01, to)
    assert done.returncode == 1
    assert f"{to}: seq=2 lost: cannot connect: Connection refused\n" in done.stdout
    assert figures(done.stdout) == (2, 0, 2)


def test_ping_exits_with_1_where_nobody_answers(daemon):
    done = echoline("ping", "-c", 2, "-i", 0.01, "-W", 0.1, daemon.target("discard"))
    assert done.returncode == 1
    assert figures(done.stdout) == (2, 0, 2)
    assert "seq=2 lost: no reply in 100.000 ms" in done.stdout
    assert "takes connections and answers nothing" in done.stderr


@pytest.mark.parametrize(
    "protocol, listener, advice",
    [
        ("line", "echo", "try --protocol echo"),
        ("echo", "line", "try --protocol line"),
        ("echo", "daytime", "does the target speak another protocol?"),
    ],
)
def test_ping_says_so_when_the_target_speaks_another_protocol(daemon, protocol, listener, advice):
    done = echoline("ping", "-c", 1, "--protocol", protocol, daemon.target(listener))
    assert done.returncode == 1
    assert figures(done.stdout) == (1, 0, 1)
    assert advice in done.stdout


def test_a_late_reply_is_not_taken_for_the_next_ones():
    def serve(connection, number):
        request = connection.recv(100)
        if number == 0:
            connection.recv(1)  # the end, because nothing came in time
        connection.sendall(request)
        connection.recv(100)

    with Service(serve) as service:
        done = echoline("ping", "-c", 2, "-i", 0.01, "-W", 0.2 * PATIENCE, service.target)
    assert figures(done.stdout) == (2, 1, 1)
    assert STATISTICS.search(done.stdout)["loss"] == "50"
    assert "seq=1 lost: no reply" in done.stdout and "seq=2 bytes=56" in done.stdout


def test_a_target_that_closes_is_connected_to_again():
    def serve(connection, _):
        connection.sendall(connection.recv(100))
        connection.recv(100)

    with Service(serve) as service:
        done = echoline("ping", "-c", 3, "-i", 0.01, service.target)
    assert figures(done.stdout) == (3, 2, 1)
    assert "seq=2 lost: the target closed the connection\n" in done.stdout


def test_a_handshake_is_measured_without_a_byte_of_data():
    received = []
    with Service(lambda connection, _: received.append(connection.recv(100))) as service:
        done = echoline("ping", "-c", 3, "-i", 0, "--protocol", "connect", service.target)
        until(lambda: received == [b"", b"", b""], what="three connections without data")
    assert done.returncode == 0 and figures(done.stdout) == (3, 3, 0)
    assert re.search(r": seq=3 connected time=[\d.]+ ms\n", done.stdout)


def test_several_targets_are_pinged_side_by_side_and_end_in_one_table(daemon):
    echo, chargen = daemon.target("echo"), daemon.target("chargen")
    done = echoline("ping", "-c", 2, "-i", 0.01, echo, chargen)
    assert done.returncode == 1
    assert [len(re.findall(rf"^{to}: +seq=", done.stdout, re.M)) for to in (echo, chargen)] == [2, 2]
    table = done.stdout.partition("\n\n")[2].splitlines()
    assert table[0].split() == "target sent answered lost loss min avg p50 p99 max mdev".split()
    assert table[1].split()[:5] == [echo, "2", "2", "0", "0%"]
    assert table[2].split() == [chargen, "2", "0", "2", "100%"] + ["-"] * 6


def test_json_has_an_object_a_ping_and_a_summary_a_target(daemon):
    echo = daemon.target("echo")
    done = echoline("ping", "-c", 2, "-i", 0.01, "--json", echo, "unix:/no/\"such\\")
    assert done.returncode == 1
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert {entry.pop("schema") for entry in objects} == {"echoline.ping/1"}
    replies = [o for o in objects if o["type"] == "reply"]
    assert [(o["target"], o["seq"], o["bytes"]) for o in replies] == [(echo, 1, 56), (echo, 2, 56)]
    assert all(o["time_ms"] > 0 and abs(o["unix_time"] - time.time()) < 3600 for o in replies)
    lost = [o for o in objects if o["type"] == "lost"]
    assert {o["target"] for o in lost} == {"unix:/no/\"such\\"}
    assert lost[0]["reason"] == "cannot connect: No such file or directory"
    first, second = objects[-2:]
    assert (first["type"], first["sent"], first["answered"], first["lost"]) == ("summary", 2, 2, 0)
    assert first["min_ms"] <= first["p50_ms"] <= first["p99_ms"] <= first["max_ms"]
    assert second["lost"] == 2 and "min_ms" not in second
    assert (first["loss_percent"], second["loss_percent"]) == (0, 100)
    assert {o["address"] for o in replies} == {echo}


def test_json_is_valid_whatever_bytes_a_name_has():
    done = echoline("ping", "-c", 1, "--json", "unix:/no/\udcff\n")
    assert {json.loads(line)["target"] for line in done.stdout.splitlines()} == {"unix:/no/\ufffd\n"}


def test_quit_prints_interim_statistics_and_goes_on(daemon):
    to = daemon.target("echo")
    ping = subprocess.Popen(
        [ECHOLINE, "ping", "-i", "0.01", to],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "time=" in ping.stdout.readline()
        ping.send_signal(signal.SIGQUIT)
        interim = ping.stderr.readline()
        assert re.fullmatch(rf"{to}: \d+ sent, \d+ answered, 0 lost, 0% loss, min/avg.* ms\n", interim)
        ping.send_signal(signal.SIGINT)
        rest, _ = ping.communicate(timeout=20 * PATIENCE)
    finally:
        if ping.poll() is None:
            ping.kill()
            ping.wait(10)
    assert ping.returncode == 0 and figures(rest)[2] == 0


def test_ping_over_a_unix_socket(start_daemon, tmp_path):
    start_daemon(arguments=["--listen", f"echo=unix:{tmp_path}/echo"])
    done = echoline("ping", "-c", 2, "-i", 0, f"unix:{tmp_path}/echo")
    assert done.returncode == 0
    assert figures(done.stdout) == (2, 2, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
def test_an_interrupt_prints_the_statistics(daemon, number):
    ping = subprocess.Popen(
        [ECHOLINE, "ping", "-i", "0.01", daemon.target("echo")], stdout=subprocess.PIPE, text=True
    )
    try:
        for _ in range(5):
            assert "time=" in ping.stdout.readline()
        ping.send_signal(number)
        rest, _ = ping.communicate(timeout=20 * PATIENCE)
    finally:
        if ping.poll() is None:
            ping.kill()
            ping.wait(10)
    sent, answered, lost = figures(rest)
    assert sent == answered >= 5 and lost == 0
    assert ping.returncode == 0


@pytest.mark.parametrize("form", [[], ["--json"], ["-D"]], ids=" ".join)
@pytest.mark.parametrize("of", [1, 2], ids=["one target", "two targets"])
def test_output_that_cannot_be_written_ends_it_at_once(daemon, form, of):
    to = [daemon.target("echo"), daemon.target("chargen")][:of]
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [ECHOLINE, "ping", "-i", "1h", *form, *to],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=20 * PATIENCE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "echoline: cannot write the output: No space left on device\n"


def test_a_reader_that_is_gone_ends_it_where_the_signal_is_ignored(daemon):
    ping = subprocess.Popen(
        [ECHOLINE, "ping", "-i", "0.01", "--json", daemon.target("echo")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        restore_signals=False,
    )
    try:
        ping.stdout.readline()
        ping.stdout.close()
        assert ping.stderr.read() == "echoline: cannot write the output: Broken pipe\n"
        assert ping.wait(20 * PATIENCE) == 1
    finally:
        ping.kill()
        ping.wait(10)

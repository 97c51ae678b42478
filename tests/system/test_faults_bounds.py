"""For whom the faults of a listener are, what bounds them, and what is told of them."""

import contextlib
import re
import signal
import time

import pytest

from daemon import listener
from deadline import until
from faulty import DATA, LOOPBACK, exchanged, faulty, sessions, toml
from peer import PING, PONG, Peer
from program import echolined
from sanitized import PATIENCE
from scraper import METRICS, Scraper
from test_admin import ADMIN


def test_only_named_sources_have_faults(start_faulty):
    daemon = start_faulty("echo", "fin at byte 0", fault_sources=["127.0.0.2"])
    assert exchanged(daemon, b"whole") == (b"whole", "end")
    assert exchanged(daemon, b"none", source="127.0.0.2") == (b"", "end")
    ours, theirs = sorted(sessions(daemon, 2), key=lambda one: "faults" in one.fields)
    assert "faults" not in ours.fields and "seed" not in ours.fields
    assert (theirs["faults"], theirs["index"]) == ("fin@output:0", "1")


def test_a_scope_counts_connections(start_faulty):
    daemon = start_faulty("echo", "fin at byte 0 for every 3rd connection")
    assert [exchanged(daemon, b"x")[0] for _ in range(6)] == [b"x", b"x", b"", b"x", b"x", b""]
    assert sorted(one["index"] for one in sessions(daemon, 6)) == list("123456")


def test_a_scope_counts_connections_of_each_source(start_faulty):
    daemon = start_faulty("echo", "fin at byte 0 for first 1 of each source")
    for source in ("127.0.0.2", "127.0.0.3"):
        assert [exchanged(daemon, b"x", source=source)[0] for _ in range(2)] == [b"", b"x"]


def test_refused_for_a_time_and_then_there_again(start_faulty):
    daemon = start_faulty("echo", "refuse 400ms for first 1 of each source")
    address = daemon.address("echo")
    begin = time.monotonic()
    assert exchanged(daemon, b"x") == (b"", "end")
    with pytest.raises(ConnectionRefusedError):
        Peer(address)
    until(lambda: is_served(daemon), 5 * PATIENCE, "the listening socket")
    assert time.monotonic() - begin >= 0.35
    assert daemon.address("echo") == address
    assert not daemon.events("cannot-accept")


def test_a_stop_does_not_wait_for_a_socket_that_refuses(start_faulty):
    daemon = start_faulty("echo", "refuse 1h for first 1 of each source", fault_max_time="1h")
    assert exchanged(daemon, b"x") == (b"", "end")
    begin = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - begin < 3 * PATIENCE
    assert not daemon.events("cannot-accept")


def test_the_bound_on_time_is_that_of_a_refusal_too(start_faulty):
    daemon = start_faulty("echo", "refuse 1h for first 1 of each source", fault_max_time="200ms")
    assert exchanged(daemon, b"x") == (b"", "end")
    until(lambda: is_served(daemon), 5 * PATIENCE, "the listening socket")


def is_served(daemon):
    with contextlib.suppress(ConnectionRefusedError, ConnectionResetError):
        return exchanged(daemon, b"again") == (b"again", "end")


def test_a_backlog_that_is_full_for_a_time(start_faulty):
    daemon = start_faulty("line", "backlog-full 400ms for first 1 of each source")
    begin = time.monotonic()
    with Peer(daemon.address("line")) as peer:
        assert peer.read() == b""
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == PONG
        assert time.monotonic() - begin >= 0.35


def test_a_stall_for_ever_is_bounded(start_faulty):
    daemon = start_faulty("line", "stall forever after line 1", fault_max_time="300ms")
    with Peer(daemon.address("line")) as peer:
        begin = time.monotonic()
        peer.send(2 * (PING + b"\r\n"))
        assert peer.read_exactly(2 * len(PONG)) == 2 * PONG
        assert time.monotonic() - begin >= 0.28


def test_who_is_held_leaves_the_clients_of_other_listeners_their_places(start_daemon):
    daemon = start_daemon(
        "[limits]\nmax_connections = 4\n"
        + faulty("echo", "stall forever at byte 0", max_connections=2)
        + listener("line")
    )
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(Peer(daemon.address("echo"))) for _ in range(6)]
        for peer in held:
            peer.send(b"x")
        with Peer(daemon.address("line")) as peer:
            assert peer.ask(PING) == PONG
            until(lambda: peer.stats()["connections_active"] == 3, 5 * PATIENCE, "two that are held, no more")


def test_what_is_put_in_is_bounded(start_faulty):
    daemon = start_faulty("echo", "insert 1MiB every 1KiB", fault_max_bytes="1500KiB")
    got, end = exchanged(daemon, DATA)
    assert (len(got), end) == (len(DATA) + 1500 * 1024, "end")


def test_a_stop_does_not_wait_for_a_fault(start_faulty):
    daemon = start_faulty("line", "stall forever after line 1", before='shutdown_grace = "5s"\n' + METRICS)
    scraper = Scraper(daemon)
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("line"))) for _ in range(20)]
        for peer in peers:
            peer.send(2 * (PING + b"\r\n"))
        until(lambda: scraper.value("echoline_faults_total", fault="stall") == 20, what="the stalls")
        begin = time.monotonic()
        daemon.signal(signal.SIGTERM)
        for peer in peers:
            assert peer.read_to_end() == 2 * PONG
            peer.socket.close()
        assert daemon.stop() == 0
        assert time.monotonic() - begin < 3 * PATIENCE
    assert {one["end"] for one in sessions(daemon, 20)} == {"shutdown"}


def test_a_peer_that_has_gone_does_not_keep_a_stop_waiting(start_faulty):
    daemon = start_faulty("line", "stall forever", before='shutdown_grace = "5s"\n' + METRICS)
    scraper = Scraper(daemon)
    for _ in range(5):
        with Peer(daemon.address("line")) as peer:
            peer.send(PING + b"\r\n")
    until(lambda: scraper.value("echoline_faults_total", fault="stall") == 5, what="the stalls")
    begin = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - begin < 3 * PATIENCE


@pytest.mark.parametrize("fault", ["silent", "half-close after 1ms", "drop 1GiB at byte 0"])
def test_what_goes_nowhere_keeps_nobody_busy(start_faulty, fault):
    daemon = start_faulty("chargen", fault, before="workers = 1\n")
    with Peer(daemon.address("chargen")) as peer:
        until(lambda: "half" not in fault or not peer.read(), what="the end")
        before = daemon.waits()
        until(lambda: daemon.waits() >= before + 10, what="a daemon that waits")


def test_what_is_put_in_keeps_to_the_rate_of_the_listener(start_faulty):
    daemon = start_faulty("echo", "insert 40KiB at byte 0", send_rate="80KiB")
    with Peer(daemon.address("echo")) as peer:
        begin = time.monotonic()
        peer.send(b"x")
        assert len(peer.read_exactly(40 << 10)) == 40 << 10
        assert time.monotonic() - begin >= 0.4


def test_before_a_reset_a_slow_reader_has_all_the_time_that_it_needs(start_faulty):
    daemon = start_faulty("chargen", "reset at byte 96KiB", close_timeout="400ms")
    with Peer(daemon.address("chargen"), receive_buffer=4096) as peer:
        begin = time.monotonic()
        got = 0
        with pytest.raises(ConnectionResetError):
            while part := peer.socket.recv(1024):
                got += len(part)
                time.sleep(0.008)
        assert got == 96 << 10
        assert time.monotonic() - begin > 0.6


def test_before_a_reset_one_that_reads_nothing_is_not_waited_for(start_faulty):
    daemon = start_faulty("chargen", "reset at byte 96KiB", close_timeout="200ms")
    with Peer(daemon.address("chargen"), receive_buffer=4096):
        [session] = sessions(daemon)
        assert session["end"] == "fault"


def test_limits_hold_while_a_fault_does(start_faulty):
    daemon = start_faulty("line", "stall forever after line 1", max_session_time="300ms")
    with Peer(daemon.address("line")) as peer:
        peer.send(2 * (PING + b"\r\n"))
        assert peer.read_to_end().startswith(2 * PONG)
    [session] = sessions(daemon)
    assert session["end"] == "max-session-time"


def test_one_that_is_silent_has_no_last_words(start_faulty):
    daemon = start_faulty("line", "silent", idle_timeout="200ms")
    with Peer(daemon.address("line")) as peer:
        peer.send(PING + b"\r\n")
        assert peer.read_to_end() == b""


def test_a_reload_changes_the_faults_of_connections_to_come(start_faulty):
    daemon = start_faulty("line", "swallow-reply after line 2")
    with Peer(daemon.address("line")) as before:
        assert before.ask(b"ECHO 1") == b"+1\r\n"
        assert daemon.reload(faulty("line", "swallow-reply after line 1"))
        before.send(b"ECHO 2\r\nECHO 3\r\n")
        assert before.read_line() == b"+3\r\n"
        assert first_told(daemon) == b"+2\r\n"
        assert not daemon.reload(faulty("line", "swallow-replies"))
        assert first_told(daemon) == b"+2\r\n"
        assert daemon.reload(listener("line"))
        assert first_told(daemon) == b"+1\r\n"
    # Their numbers go on.
    assert {one.fields.get("index") for one in sessions(daemon, 4)} == {"1", "2", "3", None}


def first_told(daemon):
    """Of the replies to two lines."""
    with Peer(daemon.address("line")) as peer:
        peer.send(b"ECHO 1\r\nECHO 2\r\n")
        return peer.read_line()


def test_a_reload_opens_a_socket_that_refuses(start_faulty):
    daemon = start_faulty("echo", "refuse 1h", fault_max_time="1h")
    assert exchanged(daemon, b"x") == (b"", "end")
    assert daemon.reload(listener("echo"))
    assert exchanged(daemon, b"x") == (b"x", "end")


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ('faults = ["fin", "delay 2ms at bite 3"]\nfault_sources = ["127.0.0.1"]', 'did you mean "byte"?'),
        ('faults = ["fin at byte 0"]', "fault_sources"),
        ('fault_plan = "/does/not/exist"\nfault_sources = ["127.0.0.1"]', "/does/not/exist"),
    ],
)
def test_a_wrong_plan_is_refused_as_a_whole(tmp_path, settings, why):
    file = tmp_path / "echoline.toml"
    file.write_text(listener("echo") + settings + "\n")
    done = echolined("--config", str(file), "--check-config")
    assert done.returncode != 0
    assert why in done.stderr


def test_a_plan_may_be_a_file_and_a_seed_is_drawn_and_told(start_daemon, tmp_path):
    plan = tmp_path / "plan"
    plan.write_text("# cut short\n\nfin at byte 3\n")
    settings = listener("echo", fault_plan=str(plan)) + f"fault_sources = {toml(LOOPBACK)}\n"
    seeds = set()
    for _ in range(2):
        daemon = start_daemon(settings)
        assert exchanged(daemon, b"abcdef")[0] == b"abc"
        [told] = daemon.events("faults")
        assert (told["listener"], told["count"]) == ("echo", "1")
        [session] = sessions(daemon)
        assert session["seed"] == told["seed"]
        seeds.add(told["seed"])
    assert len(seeds) == 2


def test_faults_are_counted_and_told_while_they_happen(start_faulty):
    daemon = start_faulty("line", "swallow-reply after line 1", "duplicate-reply after line 2", before=ADMIN + METRICS)
    with Peer(daemon.admin_address()) as watcher:
        assert watcher.ask(b"MONITOR fault") == b"+OK events follow\r\n"
        with Peer(daemon.address("line")) as peer:
            peer.send(b"ECHO 1\r\nECHO 2\r\n")
            assert peer.read_exactly(8) == b"+2\r\n+2\r\n"
            told = watcher.read_line() + watcher.read_line()
    assert re.findall(rb"fault .*what=(\S+) times=1", told) == [b"swallow-reply", b"duplicate-reply"]
    scraper = Scraper(daemon)
    counted = {
        sample.labels["fault"]: sample.value
        for sample in scraper.samples()
        if sample.name == "echoline_faults_total" and sample.value
    }
    assert counted == {"swallow-reply": 1, "duplicate-reply": 1}

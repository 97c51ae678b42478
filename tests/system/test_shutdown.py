"""The stop: what was sent is answered, nobody waits for nothing, nobody waits for ever."""

import select
import signal
import time
from contextlib import ExitStack

import pytest

from busy_client import BusyClient
from daemon import listener
from deadline import steady, until
from peer import Peer
from sanitized import PATIENCE, scaled

BOTH = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["TERM", "INT"])


def server(grace, *listeners):
    return f'shutdown_grace = "{grace}"\n' + "".join(listeners)


@pytest.fixture
def daemon(start_daemon):
    return start_daemon(server("20s", listener("echo"), listener("line")))


def busy_clients(stack, daemon, most_on_the_way):
    """A hundred, each of which has had its first hundred kilobytes back."""
    clients = []
    for _ in range(scaled(100, 2)):
        clients.append(BusyClient(daemon.address("echo"), most_on_the_way))
        stack.callback(clients[-1].close)

    def all_are_busy():
        for client in clients:
            client.send()
            client.receive()
        return all(client.received > 100_000 for client in clients)

    until(all_are_busy, 60 * PATIENCE, "a hundred busy clients")
    return clients


def receive_all(clients, and_send=False):
    def all_have_ended():
        for client in clients:
            if not client.ended:
                if and_send:
                    client.send()
                client.receive()
        return all(client.ended for client in clients)

    until(all_have_ended, 30 * PATIENCE, "the end of every connection")


@BOTH
def test_a_hundred_busy_clients_get_all_back_that_they_had_sent(daemon, reliability, number):
    with ExitStack() as stack:
        clients = busy_clients(stack, daemon, most_on_the_way=50_000)
        for client in clients:
            client.send()
        daemon.signal(number)
        receive_all(clients)
        assert [client.received for client in clients] == [client.sent for client in clients]
    assert daemon.wait(30 * PATIENCE) == 0
    sent = sum(client.sent for client in clients)
    reliability(17, f"{len(clients)} busy clients: all of {sent} bytes came back, exit 0")


def test_clients_that_go_on_sending_get_back_what_they_had_sent_before(daemon):
    with ExitStack() as stack:
        clients = busy_clients(stack, daemon, most_on_the_way=50_000)
        sent_before = [client.sent for client in clients]
        daemon.signal(signal.SIGTERM)
        receive_all(clients, and_send=True)
        assert all(client.received >= sent for client, sent in zip(clients, sent_before))
    assert daemon.wait(30 * PATIENCE) == 0


def test_clients_that_had_stopped_reading_get_back_what_they_had_sent(daemon):
    with ExitStack() as stack:
        clients = [BusyClient(daemon.address("echo"), 7_000_000) for _ in range(scaled(20, 4))]
        for client in clients:
            stack.callback(client.close)

        def sent():
            for client in clients:
                client.send()
            return sum(client.sent for client in clients)

        # Now everything on the way is full, the daemon's buffers and the kernel's at both ends.
        steady(sent, within=60 * PATIENCE)
        daemon.signal(signal.SIGTERM)
        until(lambda: daemon.events("stopping"))
        receive_all(clients)
        assert [client.received for client in clients] == [client.sent for client in clients]
    assert daemon.wait(30 * PATIENCE) == 0


def test_pipelined_lines_that_had_been_sent_are_answered(daemon):
    with Peer(daemon.address("line")) as peer:
        peer.send(b"PING\r\n" * 10_000)
        daemon.signal(signal.SIGTERM)
        assert peer.read_to_end() == b"+PONG\r\n" * 10_000


@BOTH
def test_idle_connections_close_at_once(start_daemon, number):
    daemon = start_daemon(server("60s", listener("echo"), listener("line")))
    with ExitStack() as stack:
        names = ["echo", "line"] * scaled(50)
        peers = [stack.enter_context(Peer(daemon.address(name))) for name in names]
        assert peers[-1].ask(b"PING") == b"+PONG\r\n"
        start = time.monotonic()
        daemon.signal(number)
        for peer in peers:
            assert peer.read() == b""
            peer.socket.close()
        assert daemon.wait(30 * PATIENCE) == 0
        assert time.monotonic() - start < 10 * PATIENCE


def test_the_backlog_is_still_served(daemon):
    with ExitStack() as stack:
        daemon.suspend()
        peers = [stack.enter_context(Peer(daemon.address("line"))) for _ in range(200)]
        for peer in peers:
            peer.send(b"PING\r\n")
        daemon.signal(signal.SIGTERM)
        daemon.resume()
        for peer in peers:
            assert peer.read_to_end() == b"+PONG\r\n"


def test_nobody_is_served_after_it(daemon):
    with Peer(daemon.address("echo")) as busy:
        daemon.signal(signal.SIGTERM)
        assert busy.read() == b""
        with pytest.raises(ConnectionRefusedError):
            Peer(daemon.address("line"))


def test_a_half_received_line_is_not_executed(daemon):
    with Peer(daemon.address("line")) as peer:
        peer.send(b"PING\r\nECHO half")
        assert peer.read_line() == b"+PONG\r\n"
        daemon.signal(signal.SIGTERM)
        assert peer.read_to_end() == b""


def stopping_seconds(daemon):
    start = time.monotonic()
    assert daemon.wait(30 * PATIENCE) == 0
    return time.monotonic() - start


@pytest.mark.parametrize("protocol", ["echo", "line", "discard"])
def test_a_client_that_goes_on_sending_and_never_closes_is_left_once_it_has_everything(
    start_daemon, protocol
):
    daemon = start_daemon(server("60s", listener(protocol)))
    with Peer(daemon.address(protocol)) as peer:
        peer.send(b"x\n")
        daemon.signal(signal.SIGTERM)
        start = time.monotonic()
        with pytest.raises(ConnectionError):
            while True:
                peer.send(b"x\n")
                time.sleep(0.005)  # between two lines
        assert time.monotonic() - start < 3 * PATIENCE
        assert stopping_seconds(daemon) < 2 * PATIENCE
    [line] = daemon.events("session")
    assert line["end"] == "shutdown"


@pytest.mark.parametrize("protocol", ["echo", "line", "chargen"])
def test_a_client_that_never_reads_is_aborted_at_the_grace(start_daemon, reliability, protocol):
    daemon = start_daemon(server("700ms", listener(protocol)))
    with Peer(daemon.address(protocol)) as peer:
        peer.send_while_taken(b"PING\n" * 100_000, seconds=0.3)
        daemon.signal(signal.SIGTERM)
        seconds = stopping_seconds(daemon)
        assert 0.6 < seconds < 0.7 + 0.5 * PATIENCE
    reliability(17, f"{protocol}, never reads: aborted after {seconds:.2f} s of a grace of 0.7 s, exit 0")


@BOTH
def test_a_second_signal_aborts_at_once(start_daemon, number):
    daemon = start_daemon(server("60s", listener("chargen")))
    with Peer(daemon.address("chargen")) as peer:
        assert peer.read()
        daemon.signal(signal.SIGTERM)
        until(lambda: daemon.events("stopping"))
        time.sleep(0.3 if number == signal.SIGTERM else 0)  # the same again at once is the first
        daemon.signal(number)
        assert stopping_seconds(daemon) < 10 * PATIENCE
    assert daemon.events("aborting")


def test_signals_that_keep_coming_until_its_end_do_not_change_its_exit_code(start_daemon):
    for _ in range(scaled(20)):
        daemon = start_daemon(server("20s", listener("echo")))
        while daemon.is_running():
            daemon.signal(signal.SIGTERM)
        assert daemon.wait(1) == 0


def test_a_full_server_with_others_waiting_stops_too(start_daemon):
    limits = "[limits]\nmax_connections = 5\n"
    daemon = start_daemon('shutdown_grace = "60s"\n' + limits + listener("echo"))
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("echo"))) for _ in range(20)]
        for peer in peers:
            peer.send(b"x")
        until(lambda: len(select.select(peers, [], [], 0)[0]) == 5, what="five being served")
        served = select.select(peers, [], [], 0)[0]
        daemon.signal(signal.SIGTERM)
        for peer in served:
            assert peer.read_to_end() == b"x"
            peer.socket.close()
        assert stopping_seconds(daemon) < 10 * PATIENCE

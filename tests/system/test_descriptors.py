"""The limit on open files: kept to at the start, survived when it strikes all the same."""

import resource
import select
import time
from contextlib import ExitStack

import pytest

from daemon import limits, listener
from deadline import steady, until
from peer import PING, PONG, Peer
from sanitized import PATIENCE
from scraper import METRICS, Scraper

FEW = 60


def with_files(number):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))


with_few_files = with_files(FEW)


def readable(peers):
    return select.select(peers, [], [], 0)[0]


def lowered(daemon):
    [line] = daemon.events("max-connections-lowered")
    assert line.level == "warning"
    return int(line["to"])


def test_max_connections_is_lowered_to_what_the_open_files_allow(start_daemon, reliability):
    daemon = start_daemon(listener("echo"), before_exec=with_few_files)
    assert 10 <= lowered(daemon) < FEW
    [ready] = daemon.events("ready")
    assert int(ready["max_connections"]) == lowered(daemon)
    reliability(4, f"of {FEW} descriptors {lowered(daemon)} are for connections, with a warning")


def test_the_soft_limit_is_raised_first(start_daemon):
    def with_low_soft_limit():
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (FEW, hard))

    config = "[limits]\nmax_connections = 500\n" + listener("echo")
    daemon = start_daemon(config, before_exec=with_low_soft_limit)
    assert not daemon.events("max-connections-lowered")


@pytest.mark.parametrize("workers", [1, 8, 20])
def test_a_full_server_has_descriptors_to_spare(start_daemon, reliability, workers):
    config = f'workers = {workers}\nshutdown_grace = "1s"\n' + listener("echo")
    daemon = start_daemon(config, before_exec=with_files(60 + 6 * workers))
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("echo"))) for _ in range(100)]
        for peer in peers:
            peer.send(b"x")
        steady(lambda: len(readable(peers)))
        assert len(readable(peers)) == lowered(daemon)
        assert daemon.descriptors() < 60 + 6 * workers
        assert not daemon.events("cannot-accept")
        reliability(4, f"full at {lowered(daemon)}: {daemon.descriptors()} of {60 + 6 * workers} open")


def test_the_table_of_descriptors_is_grown_once_before_anybody_comes(start_daemon, reliability):
    """The kernel doubles it otherwise as connections come, and stops the whole process meanwhile."""
    config = limits(max_connections=1500) + listener("echo")
    daemon = start_daemon(config, before_exec=with_files(4096))
    at_start = daemon.table_of_descriptors()
    assert at_start >= 1500
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("echo"))) for _ in range(600)]
        for peer in peers:
            peer.send(b"x")
        until(lambda: len(readable(peers)) == 600, 10 * PATIENCE, "every echo")
        assert daemon.descriptors() > 600
        assert daemon.table_of_descriptors() == at_start
        reliability(4, f"the table has room for {at_start} at the start, and with 600 connections")
        assert daemon.reload(config.replace("1500", "3000"))
        assert daemon.table_of_descriptors() >= 3000


def test_who_watches_and_administers_has_descriptors_when_clients_have_all_others(start_daemon, reliability):
    config = 'workers = 2\nshutdown_grace = "1s"\n[admin]\naddress = "127.0.0.1:0"\n' + METRICS
    daemon = start_daemon(config + listener("echo"), before_exec=with_files(150))
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("echo"))) for _ in range(150)]
        for peer in peers:
            peer.send(b"x")
        most = lowered(daemon)
        until(lambda: len(readable(peers)) == most, 10 * PATIENCE, "all who may")
        scrapers = [Scraper(daemon) for _ in range(8)]
        admins = [stack.enter_context(Peer(daemon.admin_address())) for _ in range(8)]
        for scraper, admin in zip(scrapers, admins):
            assert scraper.get("/metrics")[0] == scraper.get("/healthz")[0] == 200
            assert admin.ask(PING) == PONG
        assert scrapers[0].value("echoline_connections_active") == most
        assert admins[0].ask(b"RELOAD") == b"+OK 3 listeners\r\n"
        reliability(4, f"8 scrapers and 8 administrators beside {most} clients of 150 descriptors")
    assert not daemon.events("cannot-accept")


def test_refusing_many_at_once_does_not_run_out_of_descriptors(start_daemon):
    config = 'workers = 1\nshutdown_grace = "1s"\n[limits]\nat_limit = "refuse"\n'
    daemon = start_daemon(config + listener("line"), before_exec=with_few_files)
    with ExitStack() as stack:
        peers = [stack.enter_context(Peer(daemon.address("line"))) for _ in range(100)]
        # None of them closes: the refused ones linger.
        refused = 100 - lowered(daemon)
        until(lambda: len(readable(peers)) == refused, 10 * PATIENCE, "every refusal")
        assert not daemon.events("cannot-accept")


def test_running_out_of_descriptors_is_survived_and_does_not_spin(start_daemon, reliability):
    daemon = start_daemon('workers = 1\nshutdown_grace = "1s"\n' + listener("line"))
    with Peer(daemon.address("line")) as served, ExitStack() as stack:
        assert served.ask(b"PING") == b"+PONG\r\n"
        soft, hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
        none_left = (daemon.lowest_free_descriptor(), hard)
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, none_left)
        peers = [stack.enter_context(Peer(daemon.address("line"))) for _ in range(5)]
        for peer in peers:
            peer.send(b"PING\r\n")
        until(lambda: daemon.events("cannot-accept"), what="the complaint")

        start = time.monotonic()
        complaints = len(daemon.events("cannot-accept"))
        tries = served.stats()["accept_errors_total"]
        assert daemon.cpu_share(1.5) < 0.05
        tries = served.stats()["accept_errors_total"] - tries
        complaints = len(daemon.events("cannot-accept")) - complaints
        seconds = time.monotonic() - start
        assert tries <= 20 * seconds
        assert 1 <= complaints <= seconds + 1

        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (soft, hard))
        start = time.monotonic()
        for peer in peers:
            assert peer.read_line() == b"+PONG\r\n"
        back = time.monotonic() - start
        assert back < 0.2 + 0.3 * PATIENCE
    reliability(
        3,
        f"EMFILE: {tries / seconds:.1f} tries and {complaints / seconds:.1f} lines a second, "
        f"service {back * 1000:.0f} ms after recovery",
    )

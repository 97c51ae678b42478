"""What monitoring asks: figures that Prometheus' own tools take, and whether the daemon is healthy."""

import re
import signal
import subprocess
from contextlib import ExitStack

import pytest

from daemon import limits, listener
from deadline import until
from peer import PING, PONG, Peer, exchange
from scraper import METRICS, Scraper, metrics_address
from test_admin import ADMIN


def test_without_an_address_nothing_is_told(start_daemon):
    assert start_daemon(listener("line")).events("metrics-listening") == []


def test_openmetrics_is_what_its_parser_takes(start_daemon):
    daemon = start_daemon(METRICS + listener("line"))
    exchange(daemon.address("line"), 10)
    until(lambda: daemon.events("session"))
    scraper = Scraper(daemon)
    assert scraper.value("echoline_connections_total") == 1
    assert scraper.value("echoline_bytes_received_total") >= 10 * len("PING\r\n")


def test_prometheus_text_is_what_promtool_takes(start_daemon):
    daemon = start_daemon(METRICS + listener("line") + listener("echo"))
    exchange(daemon.address("line"), 1)
    status, text = Scraper(daemon).get("/metrics")
    assert status == 200
    check = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, timeout=60
    )
    assert (check.returncode, check.stdout + check.stderr) == (0, "")


def test_stats_and_a_scrape_are_the_same_figures(start_daemon):
    daemon = start_daemon(METRICS + listener("line"))
    exchange(daemon.address("line"), 1)
    until(lambda: daemon.events("session"))
    with Peer(daemon.address("line")) as peer:
        stats = dict(line[1:].decode().split() for line in peer.ask(b"STATS"))
    scraped = {sample.name.removeprefix("echoline_") for sample in Scraper(daemon).samples()}
    assert set(stats) <= scraped
    assert int(stats["connections_total"]) == 2


def test_a_healthy_server_is_alive_and_ready(start_daemon):
    scraper = Scraper(start_daemon(METRICS + listener("line")))
    assert scraper.get("/healthz") == (200, "ok\n")
    assert scraper.get("/readyz") == (200, "ok\n")


@pytest.mark.parametrize("at_limit", ["wait", "refuse"])
def test_a_full_server_is_alive_and_not_ready(start_daemon, at_limit):
    daemon = start_daemon(
        METRICS + limits(max_connections=2, at_limit=at_limit) + listener("line")
    )
    scraper = Scraper(daemon)
    with ExitStack() as stack:
        for _ in range(2):
            peer = stack.enter_context(Peer(daemon.address("line")))
            peer.send(PING + b"\r\n")
            assert peer.read_line() == PONG
        assert scraper.get("/readyz") == (503, "full\n")
        assert scraper.get("/healthz") == (200, "ok\n")
    until(lambda: scraper.get("/readyz")[0] == 200, what="a place that is free again")


def test_nobody_else_is_served(start_daemon):
    daemon = start_daemon(METRICS)
    for request in (b"PING\r\n", b"\x16\x03\x01\x02\x00\x01\n", b"POST /metrics HTTP/1.1\r\n"):
        with Peer(metrics_address(daemon)) as peer:
            peer.send(request)
            assert peer.read_to_end().startswith(b"HTTP/1.1 4")


def test_a_request_without_an_end_is_refused_and_not_kept(start_daemon):
    daemon = start_daemon(METRICS)
    with Peer(metrics_address(daemon)) as peer:
        peer.send(b"GET /" + b"x" * 1_000_000)
        assert peer.read_to_end().startswith(b"HTTP/1.1 431 ")


def test_a_request_that_does_not_come_to_its_end_keeps_no_place(start_daemon):
    daemon = start_daemon(METRICS + "max_connections = 1\n")
    with Peer(metrics_address(daemon)) as peer:
        peer.send(b"GET /metrics HTTP/1.1\r\nHost: ")
        assert peer.read_to_end().startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    until(lambda: Scraper(daemon).get("/healthz")[0] == 200, what="a place that is free again")


def test_more_scrapers_than_may_are_told_so(start_daemon):
    daemon = start_daemon(METRICS + "max_connections = 1\n")
    scraper = Scraper(daemon)
    assert scraper.get("/healthz")[0] == 200
    with Peer(metrics_address(daemon)) as other:
        assert other.read_to_end().startswith(b"HTTP/1.1 503 ")
    assert scraper.get("/healthz")[0] == 200


def test_a_stop_can_be_watched_until_the_last_client_has_gone(start_daemon):
    daemon = start_daemon(METRICS + ADMIN + listener("chargen"))
    scraper = Scraper(daemon)
    with Peer(daemon.address("chargen")) as peer:
        peer.read(1)
        daemon.signal(signal.SIGTERM)
        until(lambda: scraper.get("/readyz") == (503, "stopping\n"), what="the stop")
        assert scraper.get("/healthz") == (200, "ok\n")
        assert scraper.value("echoline_connections_active") == 1
        with Peer(daemon.admin_address()) as admin:
            told = b"".join(admin.ask(b"SESSIONS"))
            [number] = re.findall(rb'id=(\d+) listener="chargen"', told)
            assert b'"chargen"' not in b"".join(admin.ask(b"LISTENERS"))
            assert admin.ask(b"ABORT " + number) == b"+OK\r\n"
        assert daemon.wait(10) == 0
    assert [line["end"] for line in daemon.events("session")] == ["aborted"]

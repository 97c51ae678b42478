"""What costs something to measure: only with [metrics], and then where it belongs."""

import re

from daemon import limits, listener
from deadline import until
from installed import SOURCE
from peer import PING, PONG, Peer, exchange
from scraper import METRICS, Scraper

NETWORK = {"rtt_us", "min_rtt_us", "retransmits", "delivery_rate"}


def counted(scraper, name, **labels):
    until(lambda: scraper.value(f"echoline_{name}_count", **labels) > 0)


def test_a_request_is_timed_by_its_listener_and_its_loop(start_daemon):
    daemon = start_daemon(METRICS + listener("line"))
    exchange(daemon.address("line"), 300)
    scraper = Scraper(daemon)
    counted(scraper, "request_seconds", listener="line")
    counted(scraper, "first_byte_seconds", listener="line")
    counted(scraper, "loop_events_per_wakeup")
    counted(scraper, "loop_lag_seconds")


def test_a_session_tells_of_its_network_when_it_ends_and_while_it_lives(start_daemon):
    daemon = start_daemon(METRICS + listener("line"))
    scraper = Scraper(daemon)
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(PING) == PONG
        counted(scraper, "tcp_rtt_seconds", listener="line")
        assert scraper.value("echoline_tcp_retransmitted_segments_count") == 0
    counted(scraper, "tcp_retransmitted_segments", listener="line")
    [line] = daemon.events("session")
    assert line.fields.keys() >= NETWORK
    assert int(line["rtt_us"]) > 0


def test_a_client_that_reads_slowly_is_a_wait_and_a_sum_of_waits(start_daemon):
    config = METRICS + limits(high_water="4KiB", low_water="4KiB") + listener("chargen")
    daemon = start_daemon(config)
    scraper = Scraper(daemon)
    with Peer(daemon.address("chargen")) as peer:

        def read():
            peer.read()
            return scraper.value("echoline_drain_seconds_count", listener="chargen") > 0

        until(read)
        until(lambda: scraper.value("echoline_sessions_stalled", listener="chargen") == 1)
        peer.reset()
    until(lambda: scraper.value("echoline_sessions_stalled", listener="chargen") == 0)
    counted(scraper, "high_water_seconds", listener="chargen")


def test_who_waits_in_the_backlog_is_told_with_the_time_at_the_limit(start_daemon):
    daemon = start_daemon(METRICS + listener("echo", max_connections=1))
    scraper = Scraper(daemon)
    with Peer(daemon.address("echo")) as first:
        first.send(b"here")
        assert first.read_exactly(4) == b"here"
        with Peer(daemon.address("echo")):
            until(lambda: scraper.value("echoline_connections_waiting", listener="echo") == 1)
            assert scraper.value("echoline_backlog_max", listener="echo") > 0
            assert scraper.value("echoline_limit_reached_total", listener="echo") == 1
            until(lambda: scraper.value("echoline_limit_reached_seconds_total") > 0)
    until(lambda: daemon.events("limit-left"))
    [reached] = daemon.events("limit-reached")
    assert (reached["listener"], reached["what"]) == ("echo", "listener-full")
    assert float(daemon.events("limit-left")[0]["seconds"]) > 0


def test_without_metrics_a_session_is_told_as_ever(start_daemon):
    daemon = start_daemon(listener("line"))
    exchange(daemon.address("line"), 1)
    until(lambda: daemon.events("session"))
    assert not daemon.events("session")[0].fields.keys() & NETWORK


def test_a_reload_begins_and_ends_to_measure(start_daemon):
    daemon = start_daemon(listener("line"))
    daemon.reload(METRICS + listener("line"))
    scraper = Scraper(daemon)
    exchange(daemon.address("line"), 1)

    def measured():
        exchange(daemon.address("line"), 1)
        return scraper.value("echoline_first_byte_seconds_count") > 0

    until(measured)
    daemon.reload(listener("line"))

    def unmeasured():
        exchange(daemon.address("line"), 1)
        return not daemon.events("session")[-1].fields.keys() & NETWORK

    until(unmeasured)


def test_every_figure_of_the_manual_is_scraped_but_what_this_kernel_does_not_tell(start_daemon):
    daemon = start_daemon(METRICS + listener("line"))
    page = (SOURCE / "server/echolined-metrics.7.scd").read_text()
    named = re.findall(r"^((?:\*\w+\*, )+)(?:counter|gauge|histogram|info)\b", page, flags=re.MULTILINE)
    names = {name for names in named for name in re.findall(r"\w+", names)} - {"process_open_fds"}
    scraped = {
        re.sub(r"^echoline_|_(count|sum|bucket)$", "", sample.name) for sample in Scraper(daemon).samples()
    }
    assert len(names) > 30
    assert names - scraped == set()

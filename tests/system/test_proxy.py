"""Listeners behind proxies: who may send a header of the PROXY protocol, what is no header, and
where the client that it names is found."""

import contextlib
import socket
import time

import pytest

from daemon import listener
from deadline import until
from peer import Peer
from program import echoline
from proxied import (  # noqa: F401
    CLIENT,
    LOCAL,
    PROXY,
    SIGNATURE,
    behind,
    binary,
    sessions,
    v1,
    v2,
)
from scraper import METRICS, Scraper

HEADERS = {"v1": v1(*CLIENT), "v2": v2(*CLIENT)}


def whoami(daemon, header):
    with Peer(daemon.address("line")) as peer:
        return peer.ask(header + b"WHOAMI").rstrip(), own(peer)


def own(peer):
    return "%s:%d" % peer.socket.getsockname()[:2]


@pytest.mark.parametrize("version", HEADERS)
def test_the_client_takes_the_proxys_place(behind, version):
    daemon = behind()
    answer, proxy = whoami(daemon, HEADERS[version])
    assert answer == f"+203.0.113.7:51512 via {proxy}".encode()
    (session,) = until(lambda: sessions(daemon), 10, "the session's line")
    assert (session["peer"], session["proxy"]) == ("203.0.113.7:51512", proxy)
    assert session["end"] == "peer-closed"


@pytest.mark.parametrize("version", HEADERS)
def test_telnet_is_spoken_from_the_first_octet_behind_the_header(behind, version):
    daemon = behind()
    with Peer(daemon.address("line")) as peer:
        peer.send(HEADERS[version] + b"\xff\xfd\x1fECHO a\xff\xffb\r\n")
        assert peer.read_exactly(9) == b"\xff\xfc\x1f+a\xffb\r\n"


def test_an_ipv6_client_may_come_through_an_ipv4_proxy(behind):
    daemon = behind()
    answer, proxy = whoami(daemon, v2("2001:db8::7", 1, "2001:db8::1"))
    assert answer == f"+[2001:db8::7]:1 via {proxy}".encode()


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY UNKNOWN\r\n",
        b"PROXY UNKNOWN what ever\r\n",
        binary(LOCAL, 0),
        binary(LOCAL, 0x11, b"x" * 12),
        binary(PROXY, 0, b"whatever"),
        binary(PROXY, 0x12, b"\0" * 12),
    ],
)
def test_who_names_no_client_is_the_peer_itself(behind, header):
    daemon = behind()
    answer, proxy = whoami(daemon, header)
    # Through a proxy all the same.
    assert answer == f"+{proxy}".encode()
    (session,) = until(lambda: sessions(daemon), 10, "the session's line")
    assert session["peer"] == proxy and "proxy" not in session.fields


@pytest.mark.parametrize("version", HEADERS)
def test_a_header_byte_by_byte_is_the_same(behind, version):
    daemon = behind()
    with Peer(daemon.address("line")) as peer:
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in HEADERS[version] + b"WHOAMI\r\n":
            peer.send(bytes([byte]))
        assert peer.read_line().startswith(b"+203.0.113.7:51512 via ")


def test_tlvs_are_passed_over(behind):
    tlvs = b"\x02\x00\x0bexample.com" + b"\x04\x01\x00" + b"\0" * 256
    answer, _ = whoami(behind(), v2(*CLIENT, tlvs=tlvs))
    assert answer.startswith(b"+203.0.113.7:51512 via ")


def test_a_pipeline_may_follow_in_the_same_segment(behind):
    with Peer(behind().address("line")) as peer:
        peer.send(HEADERS["v2"] + b"PING 1\r\nPING 2\r\nQUIT\r\n")
        assert peer.read_to_end() == b"+1\r\n+2\r\n+BYE\r\n"


@pytest.mark.parametrize(
    "sent, what",
    [
        (b"PING\r\n", "no PROXY header came first"),
        (b"GET / HTTP/1.1\r\n\r\n", "no PROXY header came first"),
        (b"PROXY TCP4 203.0.113.7 192.0.2.1 51512 7008\n", "a CR or an LF of the PROXY line stands"),
        (b"PROXY TCP4 203.0.113.7 192.0.2.1 99999 7008\r\n", "the source port of the PROXY line"),
        (b"PROXY UNKNOWN " + b"x" * 100, "no CR LF in its first 107 bytes"),
        (SIGNATURE + b"\x11\x11\0\0", "the version of the binary PROXY header is not 2"),
        (binary(PROXY, 0x11, b"x" * 13), "a TLV reaches beyond the end"),
    ],
)
def test_what_is_no_header_is_reset_and_told(behind, sent, what):
    daemon = behind()
    with Peer(daemon.address("line")) as peer:
        proxy = own(peer)
        peer.send(sent)
        with pytest.raises(ConnectionResetError):
            peer.read_to_end()
    (refused,) = until(lambda: daemon.events("proxy-header-refused"), 10, "the warning")
    assert what in refused["what"] and (refused["listener"], refused["peer"]) == ("line", proxy)
    (session,) = until(lambda: sessions(daemon), 10, "the session's line")
    assert (session["end"], session["peer"]) == ("bad-proxy-header", proxy)


def test_a_header_that_does_not_come_in_time_is_not_waited_for(behind):
    daemon = behind(proxy_timeout="300ms")
    began = time.monotonic()
    with Peer(daemon.address("line")) as silent, Peer(daemon.address("line")) as slow:
        slow.send(HEADERS["v1"][:20])
        for peer in (silent, slow):
            with pytest.raises(ConnectionResetError):
                peer.read_to_end()
        assert 0.29 < time.monotonic() - began < 5
        whats = until(lambda: daemon.events("proxy-header-refused")[1:], 10, "two warnings")
    assert whats[0]["what"] == "no PROXY header came in proxy_timeout"
    ends = until(lambda: sessions(daemon)[1:], 10, "the sessions' lines")
    assert ends[0]["end"] == "no-proxy-header"


def test_who_leaves_before_a_byte_was_only_looking(behind):
    daemon = behind()
    Peer(daemon.address("line")).__exit__()
    with Peer(daemon.address("line")) as peer:
        peer.send(HEADERS["v1"][:20])
        peer.send_end()
        with pytest.raises(ConnectionResetError):
            peer.read_to_end()
    (refused,) = until(lambda: daemon.events("proxy-header-refused"), 10, "one warning")
    assert refused["what"] == "the connection ended in the PROXY header"


def test_nobody_else_may_connect_to_a_listener_for_proxies(behind):
    daemon = behind(proxy=["192.0.2.0/24", "2001:db8::/32"])
    with Peer(daemon.address("line")) as peer:
        assert peer.read_to_end() == b"-ERR access denied\r\n"
        (refused,) = until(lambda: daemon.events("refused"), 10, "the line of who was refused")
        assert (refused["peer"], refused["what"]) == (own(peer), "not-a-proxy")
    with Peer(daemon.address("plain")) as peer:
        # And where none is expected, a header is what it looks like.
        assert peer.ask(HEADERS["v1"]).startswith(b"-ERR unknown command 'PROXY'")


def test_it_is_counted_why_they_were_refused(start_daemon):
    daemon = start_daemon(METRICS + listener("line", proxy=["127.0.0.2", "127.0.0.3"]))
    daemon.sessions_may_fail = True
    for sent in (b"PING\r\n", HEADERS["v2"][:-1], HEADERS["v1"][:-1]):
        with Peer(daemon.address("line"), source="127.0.0.2") as peer:
            peer.send(sent)
            peer.send_end()
            with pytest.raises(ConnectionResetError):
                peer.read_to_end()
    with Peer(daemon.address("line"), source="127.0.0.4") as peer:
        peer.read_to_end()
    until(lambda: sessions(daemon)[2:], 10, "the sessions' lines")
    value = Scraper(daemon).value
    assert value("echoline_sessions_ended_total", listener="line", end="bad-proxy-header") == 1
    assert value("echoline_sessions_ended_total", listener="line", end="no-proxy-header") == 2
    assert value("echoline_connections_refused_total", listener="line", reason="not-a-proxy") == 1


def test_an_administrator_sees_clients_and_proxies(behind, tmp_path):
    daemon = behind(arguments=["--admin", f"unix:{tmp_path}/admin"])
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(HEADERS["v2"] + b"PING") == b"+PONG\r\n"
        told = echoline("ask", f"unix:{tmp_path}/admin", "SESSIONS").stdout
        assert f" peer=203.0.113.7:51512 proxy={own(peer)} " in told


def test_the_client_is_held_against_access_lists_and_not_the_proxy(behind):
    daemon = behind(allow=["203.0.113.0/24"], deny=["203.0.113.66"])
    assert whoami(daemon, HEADERS["v1"])[0].startswith(b"+203.0.113.7:51512 via ")
    for client in ("203.0.113.66", "198.51.100.1"):
        with Peer(daemon.address("line")) as peer:
            peer.send(v2(client, 1))
            assert peer.read_to_end() == b"-ERR access denied\r\n"
    refused = until(lambda: daemon.events("refused")[1:], 10, "the lines of who was refused")
    assert refused[0]["peer"] == "198.51.100.1:1" and refused[0]["what"] == "denied"


def test_the_clients_connections_are_counted_and_not_the_proxys(behind):
    daemon = behind(max_per_source=2)
    with contextlib.ExitStack() as stack:

        def connect(client):
            peer = stack.enter_context(Peer(daemon.address("line")))
            return peer, peer.ask(v2(client, 1) + b"PING")

        ours = [connect("203.0.113.7") for _ in range(2)] + [connect("203.0.113.8")]
        assert {answer for _, answer in ours} == {b"+PONG\r\n"}
        assert connect("203.0.113.7")[1] == b"-ERR too many connections from your address\r\n"
        assert connect("203.0.113.9")[1] == b"+PONG\r\n"
        ours[0][0].send_end()
        ours[0][0].read_to_end()
        # Its place is free once its session has ended.
        until(lambda: connect("203.0.113.7")[1] == b"+PONG\r\n", 10, "a place")


def test_a_proxy_may_come_over_a_unix_socket(start_daemon, tmp_path):
    daemon = start_daemon(listener("line", f"unix:{tmp_path}/line", proxy=["127.0.0.1"]))
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(HEADERS["v2"] + b"WHOAMI") == b"+203.0.113.7:51512 via unix\r\n"
        peer.send_end()
        assert peer.read_to_end() == b""
    (session,) = until(lambda: sessions(daemon), 10, "the session's line")
    assert (session["peer"], session["proxy"]) == ("203.0.113.7:51512", "unix")


def test_a_reload_changes_who_is_a_proxy(behind):
    daemon = behind()
    assert whoami(daemon, HEADERS["v1"])[0].startswith(b"+203.0.113.7")
    assert daemon.reload(listener("line") + listener("line", name="plain"))
    with Peer(daemon.address("line")) as peer:
        assert peer.ask(b"WHOAMI").rstrip() == f"+{own(peer)}".encode()


@pytest.mark.parametrize("version", HEADERS)
def test_our_own_client_stands_for_another(behind, version):
    daemon = behind()
    to = daemon.target("line")
    done = echoline("ask", "--proxy", f"{version}=203.0.113.7:51512", to, "WHOAMI")
    assert done.stdout.startswith("+203.0.113.7:51512 via 127.0.0.1:")
    done = echoline(
        *["load", "--quiet", "-n", "2000", "-c", "4", "--churn=10", "--protocol", "line"],
        *["--proxy", version, to],
    )
    assert "offered 2,000 = answered 2,000 + failed 0" in done.stdout, done.stdout
    assert not daemon.events("proxy-header-refused")


def test_its_header_is_not_the_first_byte_of_a_client(behind):
    daemon = behind(first_byte_timeout="300ms")
    with Peer(daemon.address("line")) as silent, Peer(daemon.address("line")) as talker:
        for peer in (silent, talker):
            peer.send(v1(*CLIENT))
        assert talker.ask(b"PING") == b"+PONG\r\n"
        assert silent.read_to_end() == b"-ERR no line has come in time\r\n"
        (session,) = until(lambda: sessions(daemon), 10, "the session's line")
        assert (session["peer"], session["end"]) == ("203.0.113.7:51512", "first-byte-timeout")
        assert talker.ask(b"PING") == b"+PONG\r\n"


def test_a_unix_socket_behind_a_proxy_has_access_of_its_own(start_daemon, tmp_path):
    path = str(tmp_path / "s")
    settings = {"proxy": ["127.0.0.1"], "deny": ["203.0.113.7"]}
    start_daemon(listener("line", f"unix:{path}", **settings))
    with Peer(path) as peer:
        assert peer.ask(v1(*CLIENT) + b"PING") == b"-ERR access denied\r\n"
    with Peer(path) as peer:
        assert peer.ask(v1("203.0.113.8", 1) + b"PING") == b"+PONG\r\n"

"""`--proxy`: each connection of a client begins with a header of the PROXY protocol, and its
service finds everything else behind it."""

import subprocess

import pytest

from deadline import until
from load_run import completed
from program import ECHOLINE, echoline
from proxied import taken_off
from service import Service

VERSIONS = ["v1", "v2"]


class Behind:
    """A service that expects a header, and answers lines or echoes them."""

    def __init__(self, answer=lambda line: b"+PONG\r\n"):
        self.headers = []
        self.others = []
        self._answer = answer

    def serve(self, connection, _):
        peer = connection.getpeername()
        stream = connection.makefile("rb")
        self.headers.append(taken_off(stream))
        self.others.append(peer)
        for line in stream:
            connection.sendall(self._answer(line))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_line_is_asked_behind_a_header(version):
    behind = Behind()
    with Service(behind.serve) as service:
        done = echoline("ask", "--proxy", f"{version}=203.0.113.7:51512", service.target, "PING")
        assert (done.returncode, done.stdout, done.stderr) == (0, "+PONG\n", "")
    assert behind.headers == [(version, "203.0.113.7", 51512)]


def test_the_clients_own_address_is_told_where_none_is_given():
    behind = Behind()
    with Service(behind.serve) as service:
        assert echoline("ask", "--proxy", "v1", service.target, "PING").returncode == 0
        assert echoline("ask", "--proxy", "v2=2001:db8::7", service.target, "PING").returncode == 0
    (_, host, port), (_, named, port_of_named) = behind.headers
    assert (host, port) == behind.others[0]
    # With the port of the connection, by which clients differ.
    assert (named, port_of_named) == ("2001:db8::7", behind.others[1][1])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_conversation_begins_with_a_header(version):
    behind = Behind(lambda line: line)
    with Service(behind.serve) as service:
        done = subprocess.run(
            [ECHOLINE, "connect", "--proxy", version, service.target],
            input=b"one\ntwo\n",
            stdout=subprocess.PIPE,
            timeout=60,
        )
    assert (done.returncode, done.stdout) == (0, b"one\ntwo\n")
    assert [header[0] for header in behind.headers] == [version]


@pytest.mark.parametrize("protocol", ["line", "connect"])
def test_pings_are_behind_a_header(protocol):
    behind = Behind(lambda line: b"+" + line[5:])
    with Service(behind.serve) as service:
        arguments = ["-c", "3", "-i", "0", "--protocol", protocol, "--proxy", "v2=203.0.113.7"]
        done = echoline("ping", *arguments, service.target)
        assert done.returncode == 0, done.stdout + done.stderr
        # The service may see the last one a moment after the client has left.
        count = 3 if protocol == "connect" else 1
        until(lambda: len(behind.headers) == count)
    assert {header[:2] for header in behind.headers} == {("v2", "203.0.113.7")}


def test_lines_are_sent_behind_a_header_on_each_connection():
    behind = Behind(lambda line: line)
    with Service(behind.serve) as service:
        done = subprocess.run(
            [ECHOLINE, "send", "--protocol", "echo", "-n", "3", "--proxy", "v1", service.target],
            input="".join(f"{i}\n" for i in range(30)),
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0
        assert done.stdout.split() == [str(i) for i in range(30)]
    assert {header[1:] for header in behind.headers} == set(behind.others)


@pytest.mark.parametrize("churn", [[], ["--churn=2"], ["-r", "200"]], ids=["closed", "churn", "open"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_load_has_a_header_on_each_connection_and_verifies_what_is_behind(version, churn):
    behind = Behind(lambda line: b"+" + line[5:])
    with Service(behind.serve) as service:
        arguments = ["-c", "2", "-n", "20", "--protocol", "line", "--proxy", f"{version}=203.0.113.7"]
        run = completed(*arguments, *churn, service.target)
        assert run.requests == 20 and run.results["plan"]["proxy"] == version
        assert run.results["plan"]["proxy_source"] == "203.0.113.7:0"
        assert "each with a PROXY header" in " ".join(run.summary.split())
    # The connection that is tried before the run has one, too; the last of each may have one request.
    assert len(behind.headers) in ((11, 12) if churn == ["--churn=2"] else (3,))
    assert {(header[0], header[1]) for header in behind.headers} == {(version, "203.0.113.7")}
    assert sorted(header[2] for header in behind.headers) == sorted(p for _, p in behind.others)


def test_a_proxy_that_cannot_be_is_refused_with_words():
    done = echoline("ask", "--proxy", "v3", ":7008", "PING")
    assert done.returncode == 2
    assert done.stderr.startswith('echoline ask: --proxy: "v3" is not one of v1, v2\n')
    done = echoline("load", "--proxy=v1=localhost", ":7008")
    assert done.returncode == 2 and '"localhost" is no address; write one as' in done.stderr

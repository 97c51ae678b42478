"""The examples of streams and its page, with nothing but what is installed, outside the repository."""

import re
import shutil
import socket
import subprocess

import pytest

from installed import SOURCE, install
from peer import SECONDS, Peer, free_port
from program import run
from sanitized import SANITIZED

if SANITIZED:
    pytest.skip("NOT RUN, it is the same under sanitizers", allow_module_level=True)

PROGRAMS = ("echo_server", "chat_server", "chat_client", "ping")
PAGE = (SOURCE / "streams/README.md").read_text()


def block(heading):
    """The block of the page that follows these words."""
    [text] = re.findall(rf"{heading}:\n\n```\w+\n(.*?)```\n", PAGE, re.S)
    return text


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the programs."""
    folder = tmp_path_factory.mktemp("elsewhere")
    install(folder / "prefix")
    shutil.copytree(folder / "prefix/share/doc/echoline/examples", folder / "examples")
    for command in (
        ("cmake", "-S", folder / "examples", "-B", folder / "build", "-G", "Ninja")
        + (f"-DCMAKE_PREFIX_PATH={folder}/prefix", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror"),
        ("cmake", "--build", folder / "build"),
    ):
        done = run(*command, seconds=250)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "build"


@pytest.fixture
def serve(built):
    """Starts a server; the port that it says it listens on."""
    started = []

    def start(program):
        server = subprocess.Popen([built / program, "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        started.append(server)
        return int(server.stdout.readline().rpartition(":")[2])

    yield start
    for server in started:
        assert server.poll() is None
        server.kill()
        server.wait()


def test_the_echo_server_sends_back_what_comes(serve):
    with Peer(("127.0.0.1", serve("echo_server"))) as peer:
        peer.send(b"x" * 1_000_000)
        assert peer.read_exactly(1_000_000) == b"x" * 1_000_000
        peer.send(b"no line")
        peer.send_end()
        assert peer.read_to_end() == b"no line"


def test_ping_tells_the_time_of_each_round_trip(serve, built):
    target = f"127.0.0.1:{serve('echo_server')}"
    for _ in range(4):  # its deadline is a second, for which other programs may have the processors
        done = run(built / "ping", target)
        if not done.stderr.endswith("timed out\n"):
            break
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"(\d+ us\n){3}", done.stdout)


def test_who_does_not_answer_is_told_by_ping(built):
    done = run(built / "ping", f"127.0.0.1:{free_port()}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(": Connection refused\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        done = run(built / "ping", f"127.0.0.1:{silent.getsockname()[1]}")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("timed out\n")


def test_people_chat(serve, built):
    port = serve("chat_server")
    with Peer(("127.0.0.1", port)) as ann:
        ann.send(b"ann\r\n")
        bob = subprocess.Popen(
            [built / "chat_client", f"127.0.0.1:{port}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        bob.stdin.write("bob\n")
        bob.stdin.flush()
        assert ann.read_line() == b"bob: is here\n"
        ann.send(b"hello\n")
        assert bob.stdout.readline() == "ann: hello\n"
        bob.stdin.write("hello yourself\nbye\n")
        bob.stdin.close()
        assert ann.read_line() == b"bob: hello yourself\n"
        assert ann.read_line() == b"bob: bye\n"
        assert ann.read_line() == b"bob: has left\n"
        assert bob.wait(SECONDS) == 0


def test_a_name_that_is_taken_is_refused(serve):
    address = ("127.0.0.1", serve("chat_server"))
    with Peer(address) as ann, Peer(address) as other:
        ann.send(b"ann\nhello?\n")
        with Peer(address) as bob:
            bob.send(b"bob\n")
            assert ann.read_line() == b"bob: is here\n"
        other.send(b"ann\n")
        assert other.read_to_end() == b""


def test_the_client_ends_with_its_server_and_says_where_there_is_none(built):
    address = f"127.0.0.1:{free_port()}"
    done = run(built / "chat_client", address)
    assert done.returncode != 0 and f"{address}: Connection refused" in done.stderr
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = subprocess.Popen(
            [built / "chat_client", f"127.0.0.1:{server.getsockname()[1]}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        connection, _ = server.accept()
        connection.sendall(b"last words")
        connection.close()
        assert client.stdout.read() == b"last words"
        assert client.wait(SECONDS) == 0
        client.stdin.close()


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_example_is_short(program):
    assert len((SOURCE / f"streams/examples/{program}.cpp").read_text().splitlines()) < 40


@pytest.mark.parametrize("program", ["chat_server", "chat_client"])
def test_the_page_shows_the_example(program):
    shown = block(f"`{program}.cpp`")
    assert shown == (SOURCE / f"streams/examples/{program}.cpp").read_text()


def test_the_page_has_a_project_that_can_be_configured(built, tmp_path):
    (tmp_path / "CMakeLists.txt").write_text(block("`CMakeLists.txt`"))
    for program in ("chat_server", "chat_client"):
        shutil.copy(SOURCE / f"streams/examples/{program}.cpp", tmp_path)
    prefix = f"-DCMAKE_PREFIX_PATH={built.parent}/prefix"
    done = run("cmake", "-S", tmp_path, "-B", tmp_path / "build", prefix)
    assert done.returncode == 0, done.stderr


def test_what_the_page_says_of_deadlines_and_of_stopping_compiles(built, tmp_path):
    source = tmp_path / "parts.cpp"
    named = re.findall(r"`<(csignal|[a-z_/]+\.hpp)>`", PAGE)
    assert "csignal" in named and "streams/timeout.hpp" in named
    source.write_text(
        "".join(f"#include <{name}>\n" for name in ("iostream", "streams/server.hpp", *named))
        + "using namespace streams;\nusing namespace std::chrono_literals;\n"
        + block("a coroutine around it is")
        + block("For a clean end at \\^C")
        + "Task<void> serve(EventLoop& loop, std::unique_ptr<Server> server) {\n"
        + block("in place of `co_await server->serve_forever\\(\\)`")
        + "}\n"
    )
    flags = ("-std=c++20", "-DASIO_STANDALONE", "-DASIO_SEPARATE_COMPILATION", "-Wall", "-Werror")
    include = built.parent / "prefix/include/echoline"
    done = run("c++", *flags, "-fsyntax-only", "-I", include, source)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("doxygen"), reason="NOT RUN, there is no doxygen")
def test_the_reference_describes_all_that_is_public(tmp_path):
    done = run("env", f"OUTPUT={tmp_path}", "doxygen", cwd=SOURCE / "streams")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    start = (tmp_path / "html/index.html").read_text()
    assert "chat_server" in start
    assert "start_server" in (tmp_path / "html/namespacestreams.html").read_text()

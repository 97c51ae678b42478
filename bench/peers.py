"""The field: the table of servers that echolined is measured against, and how to get each."""

import dataclasses
import re
import subprocess

import build
import processes

_SOURCES = build.ROOT / "bench" / "peers"
_PATIENCE = 20.0  # seconds for a server to come up

_CARGO = [
    "env",
    f"CARGO_HOME={build.OUTPUT}/cargo",  # nobody's own configuration
    "RUSTC=/usr/bin/rustc",
    "/usr/bin/cargo",
    "build",
    "--quiet",
    "--release",
    "--offline",
    "--config=source.crates-io.replace-with='debian'",
    "--config=source.debian.directory='/usr/share/cargo/registry'",
    f"--target-dir={build.OUTPUT}/tokio",
    f"--manifest-path={_SOURCES}/tokio_echo/Cargo.toml",
]


@dataclasses.dataclass(frozen=True)
class Peer:
    """{program} is where its program is built, {source} its source, {port} where to listen."""

    name: str
    style: str
    source: str  # below bench/peers; empty for a program of the system
    compile: list[str]  # empty when there is nothing to build
    start: list[str]
    version: list[str]  # prints it
    protocol: str = "echo"


BASELINE = "epoll"

PEERS = [
    Peer(
        BASELINE,
        "C, edge-triggered epoll",
        "epoll_echo.c",
        [*build.COMPILE, "-o", "{program}", "{source}"],
        ["{program}", "{port}"],
        ["cc", "--version"],
    ),
    Peer(
        "io_uring",
        "C, multishot, ring of buffers",
        "io_uring_echo.c",
        [*build.COMPILE, "-o", "{program}", "{source}", "-luring"],
        ["{program}", "{port}"],
        ["dpkg-query", "-W", "-f=liburing ${Version}", "liburing-dev"],
    ),
    Peer(
        "libuv",
        "C, libuv streams",
        "libuv_echo.c",
        [*build.COMPILE, "-o", "{program}", "{source}", "-luv"],
        ["{program}", "{port}"],
        ["dpkg-query", "-W", "-f=libuv ${Version}", "libuv1-dev"],
    ),
    Peer(
        "asio",
        "C++, Asio's documented coroutines",
        "asio_echo.cpp",
        ["c++", "-std=c++20", "-O2", "-DASIO_STANDALONE", "-pthread", "-o", "{program}"]
        + ["{source}"],
        ["{program}", "{port}"],
        ["dpkg-query", "-W", "-f=Asio ${Version}", "libasio-dev"],
    ),
    Peer(
        "tokio",
        "Rust, tokio on one thread",
        "tokio_echo/src/main.rs",
        [*_CARGO],
        [f"{build.OUTPUT}/tokio/release/tokio_echo", "{port}"],
        ["dpkg-query", "-W", "-f=tokio ${Version}", "librust-tokio-dev"],
    ),
    Peer(
        "go",
        "Go, net",
        "go_echo.go",
        ["env", f"GOCACHE={build.OUTPUT}/go", "go", "build", "-o", "{program}", "{source}"],
        ["{program}", "{port}"],
        ["go", "version"],
    ),
    Peer(
        "node",
        "JavaScript, Node's net",
        "node_echo.js",
        [],
        ["node", "{source}", "{port}"],
        ["node", "--version"],
    ),
    Peer(
        "uvloop",
        "Python, asyncio streams on uvloop",
        "asyncio_echo.py",
        [],
        ["/usr/bin/python3", "{source}", "{port}", "uvloop"],
        ["dpkg-query", "-W", "-f=uvloop ${Version}", "python3-uvloop"],
    ),
    Peer(
        "asyncio",
        "Python, asyncio streams",
        "asyncio_echo.py",
        [],
        ["/usr/bin/python3", "{source}", "{port}"],
        ["/usr/bin/python3", "--version"],
    ),
    Peer(
        "redis",
        "C, Redis, inline PING",
        "",
        [],
        ["redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly"]
        + ["no", "--maxclients", "15000"],
        ["redis-server", "--version"],
        protocol="line",
    ),
]

BY_NAME = {peer.name: peer for peer in PEERS}


def contender(peer: Peer) -> processes.Contender:
    """The peer, built and seen to accept. Raises Failure when it cannot be had on this machine."""
    source = _SOURCES / peer.source
    program = build.OUTPUT / f"{peer.name}_echo"

    def filled(words: list[str], port: int = 0) -> list[str]:
        values = {"{program}": str(program), "{source}": str(source), "{port}": str(port)}
        return [values.get(word, word) for word in words]

    if peer.compile and build.older(program, [source]):
        build.OUTPUT.mkdir(parents=True, exist_ok=True)
        build.execute(filled(peer.compile), quiet=True)
        program.touch()  # cargo puts its program elsewhere
    made = processes.Contender(peer.name, lambda port, scratch: filled(peer.start, port))
    with processes.running(made, None, patience=_PATIENCE):
        return made


def version(peer: Peer) -> str:
    """As far as its tools tell, one line."""
    try:
        done = subprocess.run(peer.version, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return re.sub(r" (malloc|bits|build)=\S+", "", done.stdout.partition("\n")[0])

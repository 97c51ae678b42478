"""echolined as a contender, in the configurations that are compared."""

import pathlib

import processes

_CONFIG = """\
workers = 1
busy_poll = "{busy_poll}"

[log]
level = "{log}"

[limits]
max_connections = 30000
idle_timeout = "{idle_timeout}"

{beside}[[listener]]
protocol = "{protocol}"
address = "127.0.0.1:{port}"
"""


# A listener with faults, which listens before the other one does.
_FAULTY = """\
[[listener]]
name = "faulty"
protocol = "line"
address = "127.0.0.1:{port}"
faults = ["delay 1ms every line with 1%", "corrupt every 1KiB", "reset at byte 1MiB"]
fault_sources = ["127.0.0.0/8"]

"""


def echolined(
    program: pathlib.Path,
    name: str = "echolined",
    protocol: str = "echo",
    log: str = "warning",
    idle_timeout: str = "10m",
    busy_poll: str = "0s",
    faulty_port: int | None = None,
) -> processes.Contender:
    def command(port: int, scratch: pathlib.Path) -> list[str]:
        config = scratch / "echoline.toml"
        beside = "" if faulty_port is None else _FAULTY.format(port=faulty_port)
        config.write_text(
            _CONFIG.format(
                protocol=protocol,
                port=port,
                log=log,
                idle_timeout=idle_timeout,
                busy_poll=busy_poll,
                beside=beside,
            ),
            encoding="utf-8",
        )
        return [str(program), "--config", str(config)]

    return processes.Contender(name, command)

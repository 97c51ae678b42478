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

[[listener]]
protocol = "{protocol}"
address = "127.0.0.1:{port}"
"""


def echolined(
    program: pathlib.Path,
    name: str = "echolined",
    protocol: str = "echo",
    log: str = "warning",
    idle_timeout: str = "10m",
    busy_poll: str = "0s",
) -> processes.Contender:
    def command(port: int, scratch: pathlib.Path) -> list[str]:
        config = scratch / "echoline.toml"
        config.write_text(
            _CONFIG.format(
                protocol=protocol,
                port=port,
                log=log,
                idle_timeout=idle_timeout,
                busy_poll=busy_poll,
            ),
            encoding="utf-8",
        )
        return [str(program), "--config", str(config)]

    return processes.Contender(name, command)

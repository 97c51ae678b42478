"""Who takes part in a run: echolined, its peers, and those of them that cannot be had here."""

import dataclasses
import pathlib

import build
import daemon
import peers
import processes
from failure import Failure

OURS = "echolined"


@dataclasses.dataclass(frozen=True)
class Field:
    echo: list[processes.Contender]  # the baseline first, then echolined
    redis: processes.Contender | None
    missing: dict[str, str]  # name to reason
    versions: dict[str, str]
    echolined: pathlib.Path
    echoline: pathlib.Path
    bare_echo: processes.Contender

    @property
    def baseline(self) -> processes.Contender:
        return self.echo[0]

    @property
    def ours(self) -> processes.Contender:
        return self.named(OURS)[0]

    def named(self, *names: str) -> list[processes.Contender]:
        return [one for one in self.echo if one.name in names]

    def pair(self) -> list[processes.Contender]:
        return self.named(peers.BASELINE, OURS)


def gather(
    wanted: list[peers.Peer],
    echolined: pathlib.Path | None,
    guests: list[processes.Contender],
) -> Field:
    """Builds what takes part; `guests` are further contenders, measured like peers."""
    missing: dict[str, str] = {}
    versions: dict[str, str] = {}
    present: dict[str, processes.Contender] = {}
    _install(wanted)
    build.ours("echolined", "echoline", "bare_echo")
    for peer in wanted:
        try:
            present[peer.name] = peers.contender(peer)
            versions[peer.name] = peers.version(peer)
        except Failure as failure:
            missing[peer.name] = str(failure)
    if peers.BASELINE in missing:
        raise Failure(f"{peers.BASELINE}: {missing[peers.BASELINE]}")
    redis = present.pop("redis", None)
    program = (echolined or build.ECHOLINED).resolve()
    if not program.is_file():
        raise Failure(f"{program}: no such program")
    echo = [present.pop(peers.BASELINE), daemon.echolined(program), *present.values(), *guests]
    names = [one.name for one in echo]
    for name in names:
        if names.count(name) > 1:
            raise Failure(f"two servers are called {name}: link one under another name")
    return Field(
        echo=echo,
        redis=redis,
        missing=missing,
        versions=versions,
        echolined=program,
        echoline=build.ECHOLINE,
        bare_echo=processes.Contender(
            "bare handler", lambda port, scratch: [str(build.BARE_ECHO), str(port)]
        ),
    )


def _install(wanted: list[peers.Peer]) -> None:
    build.install("build", "bench")
    if len(wanted) > 1:
        try:
            build.install("peers")
        except Failure:
            pass  # whoever cannot be built without will be named as missing

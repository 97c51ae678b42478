"""The command blocks of README.md and the manual pages, and whether they show what happens.

A block has a label, which readers do not see, on the line before it: an HTML comment in Markdown, a
comment in scdoc. It says how the block is executed:

  paste       commands, pasted at once; each succeeds
  dialogue    commands after `$ `, each with what it prints
  booted      either of these, as root on a machine with systemd
  file NAME   no command: what the blocks after it find in that file
  not run     for `tests/run` alone, which would run itself

After a comma stands what else there is to know of a dialogue: `exit N` of the last command, `typing
A | B` (the lines that a person types at it), `goes on` (it serves the blocks that follow, as in
another terminal), and `figures` (numbers, bars and widths change from run to run). What is shown may leave
something out: `…` is any part of a line, or, on a line of its own, any lines.
"""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^( *)```")
BARS = "█▉▊▋▌▍▎▏"
UNIT = r"(?: ?(?:[nµm]?s|%|[KMG]iB(?:/s)?|[kM]/s)(?!\w))?"
FIGURE = re.compile(rf"(…|[{BARS}]+|\d[\d.,]*{UNIT}|\s+)")


@dataclass
class Block:
    place: str  # file:line
    label: str  # the word it begins with; empty for none
    text: str
    marks: dict = field(default_factory=dict)

    def commands(self):
        """Each command with the lines that are shown after it; of a block that shows nothing, the
        whole block and None."""
        if not self.text.startswith("$ "):
            return [(self.text, None)]
        found = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append([line[2:], []])
            elif found[-1][0].endswith("\\") and not found[-1][1]:
                found[-1][0] += "\n" + line
            else:
                found[-1][1].append(line)
        return [(command, shown) for command, shown in found]


def _marks(words):
    """`exit 3, goes on` as {"exit": "3", "goes": "on"}."""
    pairs = (word.strip().partition(" ") for word in words if word.strip())
    return {name: rest.strip() for name, _, rest in pairs}


def _block(place, comment, text):
    first, *words = comment.split(",")
    marks = _marks(words)
    label = first.strip()
    for prefix in ("booted file", "file"):
        if label.startswith(prefix + " "):
            marks["name"] = label[len(prefix) + 1 :]
            label = prefix
    return Block(place, label, text, marks)


def blocks(path):
    """The blocks of a Markdown or scdoc file, in order."""
    is_manual = path.suffix == ".scd"
    comment = re.compile(r"^; (.*)$" if is_manual else r"^\s*<!-- (.*) -->$")
    found, label, inside = [], "", None
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        fence = FENCE.match(line)
        if inside is not None and fence:
            text = "".join(part + "\n" for part in inside)
            if is_manual:
                text = re.sub(r"\\(.)", r"\1", text)
            found.append(_block(f"{path.name}:{start}", label, text))
            label, inside = "", None
        elif inside is not None:
            inside.append(line[indent:] if line[:indent].isspace() else line)
        elif fence:
            start, indent, inside = number, len(fence[1]), []
        elif line.strip():
            match = comment.match(line)
            label = match[1] if match else ""
    return found


def hidden_commands(path):
    """Places of what looks like a command block and is none: it would be executed by nobody."""
    sign = r"\t+\$ " if path.suffix == ".scd" else r" {4,}\S"
    found, inside = [], False
    lines = [""] + path.read_text().splitlines()
    for number, (before, line) in enumerate(zip(lines, lines[1:]), start=1):
        if FENCE.match(line):
            inside = not inside
        elif not inside and not before.strip() and re.match(sign, line):
            found.append(f"{path.name}:{number}: {line.strip()}")
    return found


def _pattern_of_line(line, figures):
    if line == "…":
        return "(?:.*\n)*?"
    parts = FIGURE.split(line) if figures else re.split("(…)", line)
    return "".join(map(_pattern_of_figure if figures else _pattern_of_text, parts)) + "\n"


def _pattern_of_text(part):
    return ".*?" if part == "…" else re.escape(part)


def _pattern_of_figure(part):
    if part and part[0] in BARS:
        return f"[{BARS}]*"
    if part[:1].isdigit():
        return rf"\d[\d.,]*{UNIT}"
    return r"[ \t]*" if part.isspace() else _pattern_of_text(part)


def matches(shown, printed, figures=False):
    """Whether these lines show what was printed."""
    pattern = "".join(_pattern_of_line(line, figures) for line in shown)
    return re.fullmatch(pattern, printed) is not None

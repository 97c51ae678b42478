"""A terminal's screen that remembers when each character came, and its drawing as a moving SVG.

A renderer that knows no animation, and a reader who wants none, see the whole session at once.
"""

import copy
import re
from html import escape

WIDTH, HEIGHT, SIZE = 7.8, 17, 13  # of a character's cell, and of the font, in pixels
MARGIN, BAR = 16, 30
# A pause is at most this long in the picture; nobody wants to watch a build.
LONGEST_PAUSE = 1.5
# Characters that came within this time are one element.
TOGETHER = 0.03

STYLE = """\
svg{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
text{fill:#c9d1d9}
.window{fill:#0d1117;stroke:#30363d}
.bar{stroke:#30363d}
.title,.dim{fill:#8b949e}
.prompt,.good{fill:#3fb950}
.typed{fill:#f0f6fc;font-weight:bold}
.chart{fill:#58a6ff}
.t{animation:come .01s both}
@keyframes come{from{opacity:0}to{opacity:1}}
@media (prefers-color-scheme:light){
text{fill:#1f2328}
.window{fill:#f6f8fa;stroke:#d0d7de}
.bar{stroke:#d0d7de}
.title,.dim{fill:#59636e}
.prompt,.good{fill:#1a7f37}
.typed{fill:#000}
.chart{fill:#0969da}
}
@media (prefers-reduced-motion:reduce){.t{animation:none}}
"""

# What is coloured in a row of output.
COLOURS = (
    (re.compile(r"^\d{4}-\S+Z"), "dim"),
    (re.compile(r"^\$ "), "prompt"),
    (re.compile(r"^(as expected .*|\+.*)"), "good"),
    (re.compile(r"[█▉▊▋▌▍▎▏]+"), "chart"),
)


class Screen:
    """Of a terminal that knows lines and nothing else."""

    def __init__(self, columns):
        self._columns = columns
        self._rows = [[]]  # of (character, when, kind)
        self._column = 0

    def write(self, text, when, kind):
        for character in text:
            if character == "\r":
                self._column = 0
            elif character == "\n":
                self._rows.append([])
                self._column = 0
            elif character.isprintable():
                self._put(character, when, kind)

    def _put(self, character, when, kind):
        if self._column == self._columns:
            self._rows.append([])
            self._column = 0
        row = self._rows[-1]
        row.extend([(" ", when, kind)] * (self._column + 1 - len(row)))
        row[self._column] = (character, when, kind)
        self._column += 1

    def copy(self):
        return copy.deepcopy(self)

    def cells(self):
        """The rows, without empty ones at the end."""
        rows = list(self._rows)
        while rows and not "".join(cell[0] for cell in rows[-1]).strip("$ "):
            rows.pop()
        return rows

    def rows(self):
        return ["".join(cell[0] for cell in row) for row in self.cells()]

    def text(self):
        return "\n".join(self.rows())


def _kinds(row):
    """How each character of a row is drawn."""
    text = "".join(cell[0] for cell in row)
    kinds = [kind for _, _, kind in row]
    for pattern, colour in COLOURS:
        for match in pattern.finditer(text):
            for i in range(*match.span()):
                if kinds[i] == "output":
                    kinds[i] = colour
    return kinds


def _runs(row):
    """Pieces of a row that came together and look alike: (column, text, when, kind)."""
    runs = []
    for column, ((character, when, _), kind) in enumerate(zip(row, _kinds(row))):
        last = runs[-1] if runs else None
        if last and last[3] == kind and when - last[2] < TOGETHER:
            last[1] += character
        else:
            runs.append([column, character, when, kind])
    return [run for run in runs if run[1].strip()]


def _shortened(screens):
    """From the time of the recording to that of the picture."""
    times = sorted({when for screen in screens for row in screen.cells() for _, when, _ in row})
    now, before, at = 0.5, None, {}
    for when in times:
        now += min(when - before, LONGEST_PAUSE) if before is not None else 0
        at[when] = round(now, 2)
        before = when
    return at


def _words(run, y, at):
    """A run as elements: renderers do not agree on what becomes of several spaces."""
    column, text, when, kind = run
    kind = "t" if kind == "output" else f"t {kind}"
    for words in re.finditer(r"\S+(?: \S+)*", text):
        x = MARGIN + (column + words.start()) * WIDTH
        length = len(words[0])
        fit = f' textLength="{length * WIDTH:.1f}" lengthAdjust="spacingAndGlyphs"'
        yield (
            f'<text class="{kind}" x="{x:.1f}" y="{y}" style="animation-delay:{at[when]}s"'
            f'{fit if length > 1 else ""}>{escape(words[0], quote=False)}</text>'
        )


def draw(panes, columns):
    """The SVG of (title, Screen) pairs, one above the other."""
    at = _shortened([screen for _, screen in panes])
    width = round(columns * WIDTH + 2 * MARGIN)
    parts, y = [], 0
    for title, screen in panes:
        if y:
            parts.append(f'<path class="bar" d="M0 {y}H{width}"/>')
        parts.append(f'<text class="title" x="{MARGIN}" y="{y + 21}">{title}</text>')
        y += BAR + SIZE
        for row in screen.cells():
            parts += [element for run in _runs(row) for element in _words(run, y, at)]
            y += HEIGHT
    what = "\n\n".join(f"{title}:\n{screen.text()}" for title, screen in panes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" '
        f'height="{y}" role="img">\n<title>A session of echolined and echoline</title>\n'
        f"<desc>{escape(what)}</desc>\n<style>\n{STYLE}</style>\n"
        f'<rect class="window" x=".5" y=".5" width="{width - 1}" height="{y - 1}" rx="8"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )

"""The sources of the manual pages."""

import re

from installed import SOURCE


def page(name):
    return (SOURCE / name).read_text()


def sections(text):
    """The text under each first heading, by the heading."""
    parts = re.split(r"^# (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))

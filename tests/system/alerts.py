"""The alert rules that are shipped."""

import yaml

from installed import SOURCE

RULES = SOURCE / "systemd/prometheus/echoline.rules.yml"
# By their names.
ALERTS = {
    rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
}

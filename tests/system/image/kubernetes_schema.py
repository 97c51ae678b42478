"""What a Deployment, a Service and a Job of Kubernetes may be here: a part of its API, and nothing
that is not of it. What we hold a container to is required."""


def record(required=(), **properties):
    """An object with these members, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def several(item):
    return {"type": "array", "items": item, "minItems": 1}


TEXT = {"type": "string", "minLength": 1}
COUNT = {"type": "integer", "minimum": 0}
POSITIVE = {"type": "integer", "minimum": 1}
PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
PORT_NAME = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$"}
DNS_LABEL = {"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"}
CPU = {"type": "string", "pattern": r"^([0-9]+m|[0-9]+(\.[0-9]+)?)$"}
MEMORY = {"type": "string", "pattern": "^[0-9]+(Ki|Mi|Gi)$"}
LABELS = {
    "type": "object",
    "propertyNames": {"pattern": r"^([a-z0-9.-]+/)?[A-Za-z0-9][A-Za-z0-9._-]*$"},
    "additionalProperties": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"},
    "minProperties": 1,
}
METADATA = record(["name", "labels"], name=DNS_LABEL, labels=LABELS)

PROBE = record(
    ["exec", "periodSeconds", "timeoutSeconds"],
    exec=record(["command"], command=several(TEXT)),
    periodSeconds=POSITIVE,
    timeoutSeconds=POSITIVE,
    failureThreshold=POSITIVE,
)
RESOURCES = record(cpu=CPU, memory=MEMORY)
CONTAINER = record(
    ["name", "image", "args", "securityContext", "resources"],
    name=DNS_LABEL,
    image={"type": "string", "pattern": r"^[a-z0-9./-]+:[0-9.]+$"},
    command=several(TEXT),
    args=several(TEXT),
    ports=several(record(["name", "containerPort"], name=PORT_NAME, containerPort=PORT)),
    securityContext=record(
        ["allowPrivilegeEscalation", "readOnlyRootFilesystem", "capabilities"],
        allowPrivilegeEscalation={"const": False},
        readOnlyRootFilesystem={"const": True},
        capabilities=record(["drop"], drop={"const": ["ALL"]}),
    ),
    resources=record(["requests", "limits"], requests=RESOURCES, limits=RESOURCES),
    startupProbe=PROBE,
    readinessProbe=PROBE,
    livenessProbe=PROBE,
)
POD = record(
    ["securityContext", "containers", "automountServiceAccountToken"],
    automountServiceAccountToken={"const": False},
    restartPolicy={"enum": ["Always", "OnFailure", "Never"]},
    terminationGracePeriodSeconds=COUNT,
    securityContext=record(
        ["runAsNonRoot", "runAsUser", "runAsGroup", "seccompProfile"],
        runAsNonRoot={"const": True},
        runAsUser=POSITIVE,
        runAsGroup=POSITIVE,
        seccompProfile=record(["type"], type={"const": "RuntimeDefault"}),
    ),
    containers=several(CONTAINER),
)
TEMPLATE = record(["metadata", "spec"], metadata=record(["labels"], labels=LABELS), spec=POD)


def kind(version, name, spec):
    return record(
        ["apiVersion", "kind", "metadata", "spec"],
        apiVersion={"const": version},
        kind={"const": name},
        metadata=METADATA,
        spec=spec,
    )


KINDS = {
    "Deployment": kind(
        "apps/v1",
        "Deployment",
        record(
            ["replicas", "selector", "template"],
            replicas=COUNT,
            selector=record(["matchLabels"], matchLabels=LABELS),
            template=TEMPLATE,
        ),
    ),
    "Service": kind(
        "v1",
        "Service",
        record(
            ["selector", "ports"],
            selector=LABELS,
            ports=several(
                record(["name", "port", "targetPort"], name=PORT_NAME, port=PORT, targetPort=PORT_NAME)
            ),
        ),
    ),
    "Job": kind(
        "batch/v1",
        "Job",
        record(
            ["backoffLimit", "template"],
            backoffLimit=COUNT,
            ttlSecondsAfterFinished=COUNT,
            template=TEMPLATE,
        ),
    ),
}

"""Prefect flows: thin wrappers that wire the stages of ``etl`` together.

Importing this package, before Prefect is imported, switches off what Prefect would send home and lets a machine
without a server take its time to start the temporary one. What the operator has set wins.
"""

import os

for name, value in {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "etl",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}.items():
    os.environ.setdefault(name, value)

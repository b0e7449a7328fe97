"""Asks the stack's Prefect API from inside of a container: `python api.py REQUEST…`, one JSON answer each.

A request is `METHOD PATH [BODY]`; `until-final ID` waits for a flow run. Without Prefect, whose import takes
seconds.
"""

import base64
import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

URL = "http://prefect-server:4200/api"


def ask(method: str, path: str, body: str | None = None) -> Any:
    login = base64.b64encode(Path("/run/secrets/prefect-auth").read_bytes().strip()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310
        URL + path, method=method, headers=headers, data=body.encode() if body else None
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        text = answer.read()
    return json.loads(text) if text else None


def until_final(run: str) -> Any:
    while True:
        found = ask("GET", f"/flow_runs/{run}")
        if found["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            return found
        time.sleep(0.3)


for request in sys.argv[1:]:
    word, *rest = request.split(" ", 2)
    answer = until_final(*rest) if word == "until-final" else ask(word, *rest)
    sys.stdout.write(json.dumps(answer) + "\n")

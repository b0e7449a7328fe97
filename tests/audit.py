"""Holds the lock against the known vulnerabilities: `make audit`.

Exit status: 0 none is known, or the service that knows them cannot be reached (which is said, for then
nothing was shown); 1 the lock has one, or the audit itself failed.
"""

import json
import subprocess
import sys
from typing import Any

from tests.command import PROJECT

# An answer over TLS that cannot be trusted is none.
_UNREACHED = ("ConnectionError", "ServiceError", "SSLError", "ProxyError", "Timeout")
"""Errors of a service that was not reached."""

_AUDIT = ("-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json")


def main() -> int:
    """Audit the lock that users install."""
    process = subprocess.run(
        [sys.executable, *_AUDIT, "--requirement", str(PROJECT / "requirements.lock")],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if not process.stdout.strip():
        text, status = unanswered(process.stderr)
    else:
        text, status = judge(json.loads(process.stdout)["dependencies"])
    sys.stdout.write(text + "\n")
    return status


def unanswered(said: str) -> tuple[str, int]:
    """What an audit without a report comes to, given its standard error."""
    reason = said.strip().rpartition("\n")[2][:500]
    if any(error in said for error in _UNREACHED):
        return f"audit: SKIPPED, its service cannot be reached: {reason}", 0
    return f"audit: failed: {reason}", 1


def judge(found: list[dict[str, Any]]) -> tuple[str, int]:
    """What an audit says, and the exit status that follows; `found` is the report's `dependencies`."""
    skipped = [each for each in found if "skip_reason" in each]
    lines = [
        f"{each['name']} {each['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions'])}"
        for each in found
        for fault in each.get("vulns", ())
    ]
    audited = len(found) - len(skipped)
    if not audited:
        return "audit: SKIPPED, the service knows none of the packages (is it reached?)", 0
    state = f"{len(lines)} known vulnerabilities" if lines else "no known vulnerability"
    missing = f", {len(skipped)} could not be audited" if skipped else ""
    return "\n".join([*lines, f"audit: {state} in {audited} packages{missing}"]), 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())

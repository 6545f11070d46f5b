"""Asks the package registry for known vulnerabilities of every locked package, and says how many it could ask about.

It fails when one is found, and when no package could be checked at all: silence is not a pass. pip-audit asks the
registry about one version at a time. Mirrors often answer only for a package's newest version; where that is the locked
one, its answer is taken.
"""

import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

import requests
from packaging.version import Version
from pip_audit._service import PyPIService
from pip_audit._service.interface import ResolvedDependency, ServiceError
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

LOCK = Path(__file__).resolve().parent.parent / "requirements" / "dev.txt"


def locked_packages() -> list[ResolvedDependency]:
    """Every package of the largest lock, for whatever platform."""
    lines = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", LOCK.read_text(), re.MULTILINE)
    return [ResolvedDependency(name, Version(version)) for name, version in lines]


def newest_version_instead(
    response: requests.Response, *, session: requests.Session, **options: Any
) -> requests.Response:
    """The answer about the package's newest version when there is none for the version asked about but they are one."""
    asked = re.fullmatch(r"(.*/pypi/[^/]+)/([^/]+)/json", str(response.request.url))
    if response.status_code != 404 or not asked:
        return response
    newest = session.get(f"{asked[1]}/json", **options)
    if newest.ok and Version(newest.json()["info"]["version"]) == Version(asked[2]):
        return newest
    return response


def registry() -> PyPIService:
    """pip-audit's registry client, patient with a network that stumbles."""
    service = PyPIService(timeout=30)
    service.session.mount(
        "https://", HTTPAdapter(max_retries=Retry(3, backoff_factor=1, status_forcelist=[502, 503, 504]))
    )
    service.session.hooks["response"].append(partial(newest_version_instead, session=service.session))
    return service


def main() -> int:
    service = registry()
    packages = locked_packages()
    checked, unanswered, vulnerable = 0, [], 0
    for package in packages:
        try:
            answered, found = service.query(package)
        except (requests.RequestException, ServiceError) as error:
            print(f"The package registry could not be asked about {package.name}: {error}")
            return 1
        if answered.is_skipped():
            unanswered.append(f"{package.name} {package.version}")
            continue
        checked += 1
        vulnerable += bool(found)
        for one in {one.id: one for one in found}.values():
            fixed = ", ".join(str(version) for version in one.fix_versions) or "no version yet"
            print(f"{package.name} {package.version}: {one.id}, fixed in {fixed}: {one.description[:200]}")
    if unanswered:
        print(f"The registry has no answer for the locked version of {len(unanswered)}: {', '.join(unanswered)}.")
    print(f"Checked {checked} of {len(packages)} packages: {vulnerable or 'none'} with a known vulnerability.")
    if not checked:
        print("An audit that checks nothing is not passed.")
    return 1 if vulnerable or not checked else 0


if __name__ == "__main__":
    sys.exit(main())

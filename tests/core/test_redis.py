"""What REDIS_URL changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def run_in_a_process_of_its_own(code: str, redis_url: str) -> str:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity", "0", "--command", code]
    environment = os.environ | {"REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.redis
def test_all_processes_share_one_cache(redis_url: str) -> None:
    run_in_a_process_of_its_own("from django.core.cache import cache; cache.set('asked', 42)", redis_url)
    assert (
        run_in_a_process_of_its_own("from django.core.cache import cache; print(cache.get('asked'))", redis_url)
        == "42\n"
    )

"""The command: .venv/bin/python -m benchmarks CASE [options]. docs/how-to/measure.md says how to read its table."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import django

from benchmarks import servers
from benchmarks.driving import MeasuringError
from benchmarks.figures import Figure, save, show
from tests.services import ServiceError, redis, serve_until_stopped, throwaway_folder

CASES = ("pages", "votes", "boards", "merging", "history", "reviews", "search", "rebuild", "suggestions")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        _set_up(stack.enter_context(throwaway_folder("benchmarks")))
        options = _parser().parse_args()
        if options.case == "postgres":
            serve_until_stopped(servers.database_server)
            return
        try:
            figures = _measured(options, stack)
        except (MeasuringError, ServiceError) as error:
            sys.exit(str(error))
        print(show(figures))
        if options.json:
            save(figures, options.json)


def _set_up(folder: Path) -> None:
    """Configure Django here as production is, for what is read and written beside the web processes."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.production",
        SECRET_KEY=secrets.token_hex(50),
        ALLOWED_HOSTS="127.0.0.1",
        BASE_URL="http://127.0.0.1",
        EMAIL_URL=f"file://{folder}/mail",
        DATABASE_URL="postgresql://127.0.0.1/none",
        CHORUS_VAR=str(folder),
    )
    os.environ.pop("REDIS_URL", None)
    django.setup()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures Chorus, case by case.")
    cases = parser.add_subparsers(dest="case", required=True, metavar="CASE")
    for name in CASES:
        module = import_module(f"benchmarks.cases.{name}")
        case = cases.add_parser(name, help=module.HELP, description=module.HELP)
        case.set_defaults(module=module)
        module.add_arguments(case)
        _add_common_arguments(case)
        case.set_defaults(**getattr(module, "DEFAULTS", {}))
    cases.add_parser("postgres", help="start a PostgreSQL server for several runs, and print its address for --server")
    return parser


def _add_common_arguments(case: argparse.ArgumentParser) -> None:
    case.add_argument("--rounds", type=int, default=5, help="how often all is measured, in turn (default: 5)")
    case.add_argument("--workers", type=int, default=2, help="web processes (default: 2)")
    case.add_argument("--redis", action="store_true", help="keep sessions and cache in Redis too")
    case.add_argument(
        "--server",
        metavar="URL",
        help="a PostgreSQL server to use, where filled databases stay for the next run (default: a new one)",
    )
    case.add_argument("--json", type=Path, metavar="FILE", help="also write every measurement to this file")


def _measured(options: argparse.Namespace, stack: ExitStack) -> Sequence[Figure]:
    from django.core.management import call_command

    from benchmarks.sites import Sites

    call_command("collectstatic", interactive=False, verbosity=0)
    sites = Sites(
        server=options.server or stack.enter_context(servers.database_server()),
        redis=stack.enter_context(redis.running()) if options.redis else "",
        workers=options.workers,
    )
    module: ModuleType = options.module
    run: Callable[[Sites, Any], Sequence[Figure]] = module.run
    return run(sites, options)


if __name__ == "__main__":
    main()

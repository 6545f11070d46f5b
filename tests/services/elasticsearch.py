"""Elasticsearch 8.19, got with Maven by its coordinates; needs a JDK of 17 or later. See tests/services/__init__.py.

This is Elastic's integ-test distribution, which leaves out the bundled modules. The language analyzers, the stemmer,
snowball, asciifolding, n-gram and synonym filters and `GET /` come from LanguageAnalysisPlugin.java beside this file,
over Lucene's own classes and under the bundled names. What stays absent: painless scripts, ingest pipelines, _reindex,
_update_by_query, _delete_by_query, percolate, and the field types search_as_you_type, scaled_float and rank_feature.
A mapping or query that does without those runs here and on any 8.x or 9.x.
"""

import os
import pwd
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services import ServiceError, as_user, free_port, is_root, serve_until_stopped, server, throwaway_folder

VERSION = "8.19.21"
PLUGIN = Path(__file__).with_name("LanguageAnalysisPlugin.java")
USER = "elasticsearch-tests"
TOOLS = ("java", "javac", "jar", "mvn")


def missing_tools() -> list[str]:
    """The programs that are needed to get and start Elasticsearch and are not on this machine."""
    return [tool for tool in TOOLS if not shutil.which(tool)]


def run(*command: str) -> None:
    """Run a step of the installation. Raises ServiceError with what it said when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise ServiceError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def installation() -> Path:
    """The unpacked distribution with the plugin in it; it is got once and kept in the user's cache folder."""
    # Where any user can read it: as root the server runs as another one.
    cache = Path("/var/cache/chorus") if is_root() else Path.home() / ".cache" / "chorus"
    home = cache / f"elasticsearch-{VERSION}"
    plugin = home / "plugins" / "language-analysis"
    descriptor = plugin / "plugin-descriptor.properties"
    if not (home / "bin" / "elasticsearch").exists():
        cache.mkdir(parents=True, exist_ok=True)
        artifact = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
        copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
        run("mvn", "--quiet", "--batch-mode", copy, f"-Dartifact={artifact}", f"-DoutputDirectory={cache}")
        unpacking = cache / "unpacking"
        shutil.rmtree(unpacking, ignore_errors=True)
        archive = cache / f"elasticsearch-{VERSION}.zip"
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(unpacking)
        archive.unlink()
        for program in (unpacking / home.name / "bin").iterdir():
            program.chmod(0o755)
        (unpacking / home.name).rename(home)
        unpacking.rmdir()
    if not descriptor.exists() or descriptor.stat().st_mtime < PLUGIN.stat().st_mtime:
        plugin.mkdir(parents=True, exist_ok=True)
        with throwaway_folder("plugin") as classes:
            run("javac", "-cp", f"{home}/lib/*", "-d", str(classes), str(PLUGIN))
            run("jar", "cf", str(plugin / "language-analysis.jar"), "-C", str(classes), ".")
        descriptor.write_text(
            "description=Lucene's language analysis for the integ-test distribution\n"
            "version=1\n"
            "name=language-analysis\n"
            "classname=chorus.search.testing.LanguageAnalysisPlugin\n"
            "java.version=17\n"
            f"elasticsearch.version={VERSION}\n"
        )
    return home


@contextmanager
def running() -> Iterator[str]:
    """The ELASTICSEARCH_URL of a node of its own."""
    if missing_tools():
        raise ServiceError(f"Elasticsearch needs a JDK of 17 or later and Maven; missing: {', '.join(missing_tools())}")
    home = installation()
    owner = None
    if is_root():
        owner = USER
        try:
            pwd.getpwnam(USER)
        except KeyError:
            run("useradd", "--system", "--no-create-home", USER)
    http, transport = free_port(), free_port()
    url = f"http://127.0.0.1:{http}"

    def is_ready() -> bool:
        try:
            with urllib.request.urlopen(
                f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=2
            ) as answer:
                return answer.status == 200
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False

    with throwaway_folder("elasticsearch", owner=owner) as folder:
        config = folder / "config"
        shutil.copytree(home / "config", config)
        (config / "elasticsearch.yml").write_text(
            f"discovery.type: single-node\n"
            f"network.host: 127.0.0.1\n"
            f"http.port: {http}\n"
            f"transport.port: {transport}\n"
            f"path.data: {folder / 'data'}\n"
            f"path.logs: {folder / 'logs'}\n"
            f"xpack.security.enabled: false\n"
            f"cluster.routing.allocation.disk.threshold_enabled: false\n"
        )
        for path in (config, *config.rglob("*")):
            if owner:
                shutil.chown(path, owner)
        java_home = Path(str(shutil.which("javac"))).resolve().parent.parent
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "ES_JAVA_HOME": str(java_home),
            "ES_PATH_CONF": str(config),
            "ES_JAVA_OPTS": f"-Xms{os.environ.get('ES_HEAP', '512m')} -Xmx{os.environ.get('ES_HEAP', '512m')}",
        }
        with server(
            [str(home / "bin" / "elasticsearch")],
            is_ready=is_ready,
            folder=folder,
            stop_with=signal.SIGTERM,
            seconds=120,
            env=environment,
            **as_user(owner),
        ):
            yield url


if __name__ == "__main__":
    serve_until_stopped(running)

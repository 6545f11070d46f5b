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
from contextlib import ExitStack, contextmanager
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


class Node:
    """A node of its own, which can be killed and started again where it was."""

    def __init__(self, folder: Path, owner: str | None) -> None:
        self.folder, self.owner, self.home = folder, owner, installation()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        config = folder / "config"
        shutil.copytree(self.home / "config", config)
        (config / "elasticsearch.yml").write_text(
            f"discovery.type: single-node\n"
            f"network.host: 127.0.0.1\n"
            f"http.port: {self.port}\n"
            f"transport.port: {free_port()}\n"
            f"path.data: {folder / 'data'}\n"
            f"path.logs: {folder / 'logs'}\n"
            f"xpack.security.enabled: false\n"
            f"cluster.routing.allocation.disk.threshold_enabled: false\n"
        )
        for path in (config, *config.rglob("*")):
            if owner:
                shutil.chown(path, owner)
        self._stack = ExitStack()
        self._pid = 0

    def start(self) -> None:
        """Start it and wait until it answers. Raises ServiceError."""
        java_home = Path(str(shutil.which("javac"))).resolve().parent.parent
        heap = os.environ.get("ES_HEAP", "512m")
        self._pid = self._stack.enter_context(
            server(
                [str(self.home / "bin" / "elasticsearch")],
                is_ready=self._is_ready,
                folder=self.folder,
                stop_with=signal.SIGTERM,
                seconds=180,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(self.folder),
                    "ES_JAVA_HOME": str(java_home),
                    "ES_PATH_CONF": str(self.folder / "config"),
                    "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
                },
                **as_user(self.owner),
            )
        )

    def kill(self) -> None:
        """End it and its helpers as a power failure would."""
        os.killpg(self._pid, signal.SIGKILL)
        self.stop()

    def pause(self) -> None:
        """Let it keep its connections and answer nothing, until `go_on`."""
        os.killpg(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.killpg(self._pid, signal.SIGCONT)

    def stop(self) -> None:
        self._stack.close()

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=2
            ) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False


@contextmanager
def node() -> Iterator[Node]:
    """A running node. Raises ServiceError."""
    if missing_tools():
        raise ServiceError(f"Elasticsearch needs a JDK of 17 or later and Maven; missing: {', '.join(missing_tools())}")
    owner = None
    if is_root():
        owner = USER
        try:
            pwd.getpwnam(USER)
        except KeyError:
            run("useradd", "--system", "--no-create-home", USER)
    with throwaway_folder("elasticsearch", owner=owner) as folder:
        made = Node(folder, owner)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def running() -> Iterator[str]:
    """The ELASTICSEARCH_URL of a node of its own."""
    with node() as made:
        yield made.url


if __name__ == "__main__":
    serve_until_stopped(running)

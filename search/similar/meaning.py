"""Texts as vectors, so that what means the same is near, in whatever words; where EMBEDDING_MODEL names a model."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

logger = logging.getLogger(__name__)

# A model reads no more of a text than its first words.
MOST_TEXT = 1_000
BATCH = 16
# With so many places a number is as exact as it is kept, in half precision.
PLACES = 5


class Model:
    """A model of fastembed, loaded when it is first asked. `name` tells models apart, those of folders by content."""

    def __init__(self, wanted: str) -> None:
        folder = Path(wanted)
        self._folder = folder if folder.is_dir() else None
        self.name = f"{folder.name}@{_digest(folder)}" if self._folder else wanted
        self._wanted = wanted
        self._lock = Lock()
        self._loaded: Any = None

    @cached_property
    def dimensions(self) -> int:
        """How many numbers each of its vectors has."""
        if self._folder:
            return int(json.loads((self._folder / "config.json").read_text())["hidden_size"])
        from fastembed import TextEmbedding

        return TextEmbedding.get_embedding_size(self._wanted)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """A row of length 1 for each text."""
        import numpy as np

        if not self._loaded:
            with self._lock:
                self._loaded = self._loaded or self._load()
        # Texts of one length are read together: the longest of a batch sets the work for all of it.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        made = np.array(list(self._loaded.embed([texts[place] for place in order], batch_size=BATCH)), np.float32)
        rows = np.empty_like(made)
        rows[order] = made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
        return rows

    def _load(self) -> Any:
        from fastembed import TextEmbedding
        from fastembed.common.model_description import ModelSource, PoolingType

        if not self._folder:
            return TextEmbedding(self._wanted, threads=1)
        if self.name not in {each["model"] for each in TextEmbedding.list_supported_models()}:
            TextEmbedding.add_custom_model(
                model=self.name,
                pooling=PoolingType.MEAN,
                normalization=True,
                sources=ModelSource(hf=self.name),
                dim=self.dimensions,
                model_file=_weights(self._folder).relative_to(self._folder).as_posix(),
            )
        return TextEmbedding(self.name, specific_model_path=str(self._folder), threads=1)


def unpacked(numbers: bytes) -> Vectors:
    """A stored vector, or several end to end, as numbers."""
    import numpy as np

    return np.frombuffer(numbers, np.float16).astype(np.float32)


def written(numbers: bytes) -> list[float]:
    """A stored vector as JSON writes it, in few digits."""
    found: list[float] = unpacked(numbers).astype(float).round(PLACES).tolist()
    return found


def model() -> Model | None:
    """The model of this site. None where texts are compared by words alone."""
    return _model(settings.EMBEDDING_MODEL) if settings.EMBEDDING_MODEL else None


def text_for(title: str, text: str) -> str:
    """What a model is given of a title and a text."""
    return f"{title}\n{text}"[:MOST_TEXT].replace("\0", " ").strip()


def query_vector(title: str, text: str) -> NDArray[np.float32] | None:
    """What is asked, as a vector; None without a model, or where it fails, which is logged."""
    asked, wanted = model(), text_for(title, text)
    if not asked or not wanted:
        return None
    try:
        return asked.vectors([wanted])[0]
    except Exception:  # whatever a model's libraries raise, words alone still find something
        logger.exception("The embedding model failed")
        return None


@cache
def _model(wanted: str) -> Model:
    return Model(wanted)


def _weights(folder: Path) -> Path:
    found = sorted(folder.glob("*.onnx")) or sorted(folder.glob("onnx/*.onnx"))
    if not found:
        raise ImproperlyConfigured(f"EMBEDDING_MODEL: there is no .onnx file in {folder}.")
    return found[0]


def _digest(folder: Path) -> str:
    with _weights(folder).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]

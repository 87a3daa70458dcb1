"""Models come in whole, are found by name or path, and what is wrong is said in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from llmasos.drivers import catalog, model_files
from llmasos.drivers.catalog import Catalog
from llmasos.errors import ModelDamaged, ModelNotFound, UsageError

gguf = pytest.importorskip("gguf")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file with a sound header; its weights mean nothing."""
    path = tmp_path / "Tiny Model-Q8_0.gguf"
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_name("Tiny")
    writer.add_context_length(64)
    writer.add_block_count(1)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(32)
    writer.add_head_count(1)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["a", "b"])
    writer.add_token_types([1, 1])
    writer.add_token_merges(["a b"])
    writer.add_tensor("token_embd.weight", np.zeros((2, 32), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def store(tmp_path: Path, model: Path) -> Catalog:
    embedded = tmp_path / "package" / "nano.gguf"
    embedded.parent.mkdir()
    embedded.write_bytes(model.read_bytes())
    return Catalog(tmp_path / "models", {"nano": embedded})


def test_a_model_is_imported_listed_and_resolved(store: Catalog, model: Path) -> None:
    seen: list[tuple[int, int]] = []
    entry = store.import_file(model, progress=lambda done, total: seen.append((done, total)))
    assert entry.name == "tiny-model-q8_0"
    assert (entry.title, entry.architecture, entry.window_tokens) == ("Tiny", "llama", 64)
    assert [e.name for e in store.list()] == ["nano", "tiny-model-q8_0"]
    assert store.resolve("tiny-model-q8_0") == entry.path == store.root / "tiny-model-q8_0.gguf"
    assert store.resolve(str(model)) == model
    assert seen[-1] == (entry.bytes, entry.bytes)
    assert sorted(p.name for p in store.root.iterdir()) == ["tiny-model-q8_0.gguf", "tiny-model-q8_0.json"]


def test_where_links_are_impossible_the_file_is_copied(
    store: Catalog, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    entry = store.import_file(model, "copy")
    assert entry.path.read_bytes() == model.read_bytes()
    assert store.verify("copy").sha256 == entry.sha256


def test_the_same_file_twice_is_one_model_and_another_is_refused(store: Catalog, model: Path) -> None:
    first = store.import_file(model, "m")
    assert store.import_file(model, "m") == first
    same = model.with_name("same.gguf")
    same.write_bytes(model.read_bytes())
    assert store.import_file(same, "m") == first
    other = model.with_name("other.gguf")
    other.write_bytes(model.read_bytes().replace(b"Tiny", b"Tony"))
    with pytest.raises(UsageError, match="another model named m"):
        store.import_file(other, "m")
    assert store.verify("m") == first
    assert len(list(store.root.iterdir())) == 2


@pytest.mark.parametrize("name", ["", "../x", "A", "a/b", "x" * 65, "-a", "a.gguf", "a b", "é"])
def test_names_that_could_be_anything_else_are_refused(store: Catalog, model: Path, name: str) -> None:
    with pytest.raises(UsageError, match="not a model's name"):
        store.import_file(model, name)


def test_the_embedded_model_stays(store: Catalog, model: Path) -> None:
    with pytest.raises(UsageError, match="came with the package"):
        store.remove("nano")
    with pytest.raises(UsageError, match="came with the package"):
        store.import_file(model, "nano")
    assert store.show("nano").embedded


def test_a_missing_model_is_told_with_the_nearest_name(store: Catalog, model: Path) -> None:
    store.import_file(model, "qwen2.5-0.5b")
    with pytest.raises(ModelNotFound, match=r"no model named qwen2\.5; did you mean qwen2\.5-0\.5b\?"):
        store.resolve("qwen2.5")
    with pytest.raises(ModelNotFound, match="there are: nano, qwen"):
        store.show("zzz")
    with pytest.raises(ModelNotFound, match="no such model file"):
        store.resolve("./gone.gguf")
    with pytest.raises(ModelNotFound, match="no such model file"):
        store.import_file(Path("gone.gguf"))
    store.embedded["nano"].unlink()
    with pytest.raises(ModelNotFound, match="embedded model nano is missing"):
        store.resolve("nano")


def test_a_damaged_file_is_not_imported(store: Catalog, tmp_path: Path, model: Path) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(model.read_bytes()[:100])
    with pytest.raises(ModelDamaged):
        store.import_file(bad)
    assert not store.root.exists()


def test_damage_after_import_is_found(store: Catalog, model: Path) -> None:
    path = store.import_file(model, "m").path
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelDamaged, match="SHA-256 differs"):
        store.verify("m")
    path.write_bytes(b"no model")
    assert store.show("m").problem
    with pytest.raises(ModelDamaged):
        store.verify("m")


def test_a_file_put_there_by_hand_and_a_damaged_record_are_lived_with(store: Catalog, model: Path) -> None:
    store.root.mkdir()
    (store.root / "hand.gguf").write_bytes(model.read_bytes())
    (store.root / "hand.json").write_text("[")
    (store.root / "gone.json").write_text(json.dumps({"sha256": "x"}))
    assert [e.name for e in store.list()] == ["nano", "hand"]
    assert store.verify("hand").sha256 == ""
    store.remove("hand")
    assert store.names() == ["nano"]
    assert catalog.name_of("---.gguf") == "model"


def test_what_a_kill_left_is_no_hindrance_and_goes_after_a_day(
    store: Catalog, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.root.mkdir()
    left = [store.root / ".tiny.1.partial", store.root / ".other.0a1b2c3d.partial"]
    for path in left:
        path.touch()
    store.import_file(model, "tiny")
    assert all(path.exists() for path in left)
    monkeypatch.setattr(model_files, "STALE_S", -1)
    with store.room_for("more", 1) as fresh:
        assert fresh.parent == store.root
    assert sorted(path.name for path in store.root.iterdir()) == ["tiny.gguf", "tiny.json"]

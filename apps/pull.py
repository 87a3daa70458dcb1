"""`pull REF`: a model from the Hub, from a URL or from a path, checked and kept; or minilm, what texts are found by.

- What has come of it stays when it breaks off, or at ^C, and the same command goes on from there.
- It is a model only when it is whole: its size, its SHA-256 where the source says one, and its header are checked.
"""

from __future__ import annotations

import difflib
import json
import re
import shlex
import sys
from pathlib import Path

from llmasos.apps import hub
from llmasos.apps.download import Offer, Part, download, look
from llmasos.apps.fetch import BrokeOff
from llmasos.apps.models import facts, import_model, say_arrived
from llmasos.apps.progress import progress, size_text
from llmasos.boot import MINILM, catalog
from llmasos.config import load_config
from llmasos.drivers.catalog import Catalog, ModelEntry, Origin, name_of
from llmasos.drivers.model_files import check_room, disk_errors
from llmasos.errors import ModelDamaged, ModelNotFound, StorageError, UsageError

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def pull(word: str, name: str | None, as_json: bool) -> None:
    """Raises UsageError, ModelNotFound, ModelDamaged, DriverError, StorageError, LLMasOSError."""
    if word == MINILM:
        _pull_minilm(name, as_json)
    elif word.startswith("hf:") or _SCHEME.match(word):
        _pull_file(word, name, as_json)
    elif "/" in word or word.endswith(".gguf"):
        _import(word, name, as_json)
    elif name is None and word in (store := catalog(load_config().home)).names():
        _say_present(store.show(word), as_json)
    else:
        raise _unknown(word)


def _pull_minilm(name: str | None, as_json: bool) -> None:
    from llmasos.apps.pull_minilm import pull_minilm

    if name is not None:
        raise UsageError(f"{MINILM} is no model for agents and keeps its name")
    file, fetched = pull_minilm()
    if as_json:
        print(json.dumps({"name": MINILM, "path": str(file), "bytes": file.stat().st_size}))
    elif fetched:
        print(f"{MINILM}: {file} ({file.stat().st_size / 1e6:.0f} MB)")
    else:
        print(f"{MINILM} is here already: {file}")


def _import(word: str, name: str | None, as_json: bool) -> None:
    try:
        import_model(Path(word), name, as_json)
    except ModelNotFound as error:
        hint = f"; on the Hub: hf:{word}" if re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", word) else ""
        raise ModelNotFound(f"{error}{hint}") from None


def _unknown(word: str) -> ModelNotFound:
    near = f"; did you mean {MINILM}?" if difflib.get_close_matches(word, [MINILM]) else ""
    return ModelNotFound(f"nothing to pull named {word}{near or ': hf:owner/repo[:file], a URL, a path, or minilm'}")


def _pull_file(word: str, name: str | None, as_json: bool) -> None:
    store = catalog(load_config().home)
    if name is not None:
        store.usable(name)
    source = hub.reference(word)
    wanted = store.usable(name or name_of(source.file_name))
    if wanted in store.names():
        return _say_here(store, wanted, source, as_json)
    with disk_errors(f"cannot write to {store.root}"):
        store.root.mkdir(parents=True, exist_ok=True, mode=0o700)
    again = shlex.join(["llmasos", "pull", word, *(["--name", name] if name is not None else [])])
    with Part(store.root, source.url) as part:
        try:
            _keep(store, wanted, source, part, _fetched(store, source, part))
        except (BrokeOff, StorageError) as error:
            raise type(error)(f"{error}{_kept(part, again)}") from None
        except KeyboardInterrupt:
            _say(f"interrupted{_kept(part, again)}")
            raise
    say_arrived("pulled", store.show(wanted), as_json)
    return None


def _fetched(store: Catalog, source: hub.Reference, part: Part) -> Offer:
    try:
        with progress("fetching") as show:
            return download(
                source.wanted,
                part,
                say=_say,
                check_room=lambda num_bytes: check_room(store.root, num_bytes),
                progress=show,
            )
    except ModelNotFound as error:
        raise ModelNotFound(f"{source.label}: {error}{hub.nearest(source.label)}") from None


def _kept(part: Part, again: str) -> str:
    """How to go on with what broke off, if there is anything to go on with."""
    begun = part.begun()
    if begun is None:
        return ""
    if not begun.validator:
        part.begin(Offer(), 0)
        return "; nothing is kept: the server does not tell one version of the file from another"
    return f"; {size_text(part.num_bytes)} are kept: {again} goes on from there"


def _keep(store: Catalog, name: str, source: hub.Reference, part: Part, offer: Offer) -> None:
    """Check it and make a model of it; what is damaged goes."""
    origin = Origin(source.label, offer.revision)
    try:
        with progress("checking") as show:
            store.adopt(part.path, name, origin, sha256=offer.sha256, progress=show)
    except ModelDamaged as error:
        part.forget()
        raise ModelDamaged(str(error).replace(str(part.path), source.label)) from None
    part.finish()


def _say_here(store: Catalog, name: str, source: hub.Reference, as_json: bool) -> None:
    """A model of that name is here. Raises UsageError unless it is what would be fetched."""
    entry = store.show(name)
    if entry.source != source.label:
        store.free(name)
    offer = look(source.wanted)
    same = offer.sha256 == entry.sha256 if offer.sha256 else offer.revision == entry.revision
    if not same:
        raise UsageError(f"{name} is here, and {source.label} has changed since: llmasos rm {name} first, or --name")
    _say_present(entry, as_json)


def _say_present(entry: ModelEntry, as_json: bool) -> None:
    print(json.dumps(facts(entry), ensure_ascii=False) if as_json else f"{entry.name} is here already")


def _say(line: str) -> None:
    print(f"llmasos: {line}", file=sys.stderr, flush=True)

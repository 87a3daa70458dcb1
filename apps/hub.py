"""What `pull` is told to fetch: `hf:owner/repo[:file]` or a URL, as a place to fetch it from.

- The Hub is Hugging Face's, or HF_ENDPOINT's; HF_TOKEN goes to it and to nobody else.
- Without a file the repository's only GGUF is taken; when there are several the error names them.
- `:Q4_K_M` finds the one file of that type, as it does elsewhere.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from llmasos.apps.fetch import Wanted, get, without_secrets
from llmasos.apps.progress import size_text
from llmasos.errors import ConfigError, DriverError, ModelNotFound, UsageError

ENDPOINT = "https://huggingface.co"
MAX_LISTING_BYTES = 16 * 2**20
MAX_NAMED = 20  # files in an error
_REFERENCE = re.compile(r"hf:(?P<repo>[\w.-]+/[\w.-]+)(?::(?P<file>.+))?")
_PART = re.compile(r"-\d{5}-of-\d{5}\.gguf$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """One file: `label` is what the catalog keeps of where it came from."""

    label: str
    url: str
    file_name: str

    @property
    def wanted(self) -> Wanted:
        """The Hub is told who we are, when it is the Hub's."""
        return _of_hub(self.url) if _origin(self.url) == _origin(endpoint()) else Wanted(self.url)


def reference(word: str) -> Reference:
    """Where to fetch it; a repository is asked what it has. Raises UsageError, ModelNotFound, DriverError, BrokeOff."""
    if not word.startswith("hf:"):
        return _of_url(word)
    found = _REFERENCE.fullmatch(word)
    if found is None or ".." in word.split("/"):
        raise UsageError(f"not a model of the Hub: {word!r}; hf:owner/repo or hf:owner/repo:file.gguf")
    repo, file = found["repo"], found["file"]
    if file is None or not file.lower().endswith(".gguf"):
        file = _chosen(repo, _ggufs(repo), file)
    _check_whole(file)
    return Reference(f"hf:{repo}:{file}", f"{endpoint()}/{repo}/resolve/main/{quote(file)}", file.rpartition("/")[2])


def nearest(label: str) -> str:
    """What there is instead of a file that is not there: a hint for the error, or nothing."""
    found = _REFERENCE.fullmatch(label)
    if found is None:
        return ""
    try:
        files = _ggufs(found["repo"])
    except DriverError:
        return ""
    near = difflib.get_close_matches(found["file"] or "", files, 1)
    return f"; did you mean hf:{found['repo']}:{near[0]}?" if near else f"; there are: {_named(files)}"


def endpoint() -> str:
    """Raises ConfigError."""
    url = os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or ENDPOINT
    if urlsplit(url).scheme not in ("http", "https"):
        raise ConfigError(f"environment HF_ENDPOINT: not an http or https URL: {url}")
    return url


def _of_url(word: str) -> Reference:
    try:
        parts = urlsplit(word)
        fine = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise UsageError(f"not a URL to fetch: {word}; http and https can be pulled, a file by its path")
    name = unquote(parts.path.rpartition("/")[2])
    _check_whole(name)
    return Reference(without_secrets(word), word, name)


def _check_whole(file: str) -> None:
    if _PART.search(file):
        raise UsageError(f"{file} is one part of a model in several files; only models in one file can be pulled")


def _ggufs(repo: str) -> dict[str, int]:
    """The language models of a repository with their sizes in bytes; 0 where it is not said."""
    try:
        siblings = _listing(repo)["siblings"]
        files = {str(entry["rfilename"]): int(entry.get("size") or 0) for entry in siblings}
    except (ValueError, KeyError, TypeError):
        raise DriverError(f"{endpoint()} does not answer as the Hub does about {repo}") from None
    return {name: size for name, size in sorted(files.items()) if _is_model(name)}


def _is_model(name: str) -> bool:
    """Beside models there are the eyes of some (mmproj) and importance matrices."""
    lower = name.lower().rpartition("/")[2]
    return lower.endswith(".gguf") and name.isprintable() and not lower.startswith("mmproj") and "imatrix" not in lower


def _listing(repo: str) -> Any:
    with get(_of_hub(f"{endpoint()}/api/models/{repo}?blobs=true")) as answer:
        text = b""
        for chunk in answer.response.iter_raw():
            text += chunk
            if len(text) > MAX_LISTING_BYTES:
                raise DriverError(f"the listing of {repo} has no end")
    return json.loads(text)


def _chosen(repo: str, files: dict[str, int], tag: str | None) -> str:
    """The only file, or the only one of a type. Raises ModelNotFound, UsageError."""
    whole = [name for name in files if not _PART.search(name)]
    if tag is not None:
        wanted = re.compile(rf"(^|[-._/]){re.escape(tag)}\.gguf$", re.IGNORECASE)
        fit = [name for name in whole if wanted.search(name)]
    else:
        fit = whole
    if len(fit) == 1:
        return fit[0]
    if not files:
        raise ModelNotFound(f"hf:{repo} has no GGUF file")
    if not whole:
        raise UsageError(f"hf:{repo} has only models in several files, which cannot be pulled")
    what = f"{len(fit)} GGUF files" if tag is None else f"{len(fit) or 'no'} files for {tag!r}"
    kind = UsageError if fit else ModelNotFound
    raise kind(f"hf:{repo} has {what}; name one, as in hf:{repo}:{(fit or whole)[0]}: {_named(files)}")


def _named(files: dict[str, int]) -> str:
    shown = [f"{name} ({size_text(size)})" if size else name for name, size in list(files.items())[:MAX_NAMED]]
    more = len(files) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _of_hub(url: str) -> Wanted:
    token = os.environ.get("HF_TOKEN", "").replace("\r", "").replace("\n", "").strip()
    if not token:
        return Wanted(url, {}, "; what is private or gated needs HF_TOKEN")
    return Wanted(url, {"Authorization": f"Bearer {token}"}, " for this HF_TOKEN")


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower())

"""What is left out while the daemon's libraries are imported is there afterwards."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest

from llmasos.apps.quick_imports import quick_imports


def test_both_are_as_they_were_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYDANTIC_DISABLE_PLUGINS", "mine")
    monkeypatch.delitem(sys.modules, "pydantic.v1", raising=False)
    with pytest.raises(ZeroDivisionError), quick_imports():
        assert os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__"
        with pytest.raises(ImportError):
            importlib.import_module("pydantic.v1")
        _ = 1 / 0
    assert os.environ["PYDANTIC_DISABLE_PLUGINS"] == "mine"
    assert "pydantic.v1" not in sys.modules


def test_the_web_is_imported_without_them_and_an_app_may_use_them_then() -> None:
    code = (
        "import sys, os\n"
        "from llmasos.apps.quick_imports import quick_imports\n"
        "with quick_imports():\n"
        "    from llmasos.apps.daemon import serve\n"
        "assert not any(name.startswith('pydantic.v1') for name in sys.modules)\n"
        "assert 'PYDANTIC_DISABLE_PLUGINS' not in os.environ\n"
        "from pydantic.v1 import BaseModel\n"
        "class Old(BaseModel):\n    x: int\n"
        "assert Old(x='3').x == 3\n"
    )
    clean = {key: value for key, value in os.environ.items() if key != "PYDANTIC_DISABLE_PLUGINS"}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=clean, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_command_line_collects_garbage_rarely() -> None:
    code = (
        "import gc, sys\n"
        "sys.argv = ['llmasos', 'version']\n"
        "from llmasos.apps.cli import main\n"
        "try:\n    main()\nfinally:\n    print(gc.get_threshold()[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "50000", done.stderr

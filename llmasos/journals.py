"""The care of journals, as faces meet it: what to keep, and whether one is as it was written."""

from llmasos.kernel.journal_audit import Findings, verify
from llmasos.kernel.retention import Keep

__all__ = ["Findings", "Keep", "verify"]

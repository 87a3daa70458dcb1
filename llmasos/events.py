"""What a process's event stream carries, and the words that go with it: the front door's view of the kernel."""

from llmasos.kernel.control import close_input, renice
from llmasos.kernel.control import limit as change_limits
from llmasos.kernel.conversation import Said
from llmasos.kernel.events import (
    Answered,
    ApprovalAsked,
    ApprovalGiven,
    Asked,
    CallEnded,
    CallStarted,
    Event,
    Exited,
    Paged,
    StateChanged,
    Text,
    Told,
)
from llmasos.kernel.handle import ProcessHandle
from llmasos.kernel.journal import Record
from llmasos.kernel.process import Process, State
from llmasos.kernel.process_table import no_process
from llmasos.kernel.program import Program
from llmasos.kernel.recovery import go_on
from llmasos.kernel.remains import Remains, remains
from llmasos.kernel.signals import Signal
from llmasos.kernel.task import Task

__all__ = [
    "Answered",
    "ApprovalAsked",
    "ApprovalGiven",
    "Asked",
    "CallEnded",
    "CallStarted",
    "Event",
    "Exited",
    "Paged",
    "Process",
    "ProcessHandle",
    "Program",
    "Record",
    "Remains",
    "Said",
    "Signal",
    "State",
    "StateChanged",
    "Task",
    "Text",
    "Told",
    "change_limits",
    "close_input",
    "go_on",
    "no_process",
    "remains",
    "renice",
]

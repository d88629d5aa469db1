"""Long-running child processes that outlive the command that started them."""

from matchwright.supervisor import handover
from matchwright.supervisor.network import Answer, fetch, free_port, healthy, port_is_free
from matchwright.supervisor.process import Process
from matchwright.supervisor.service import Service, Supervisor

__all__ = [
    "Answer",
    "Process",
    "Service",
    "Supervisor",
    "fetch",
    "free_port",
    "handover",
    "healthy",
    "port_is_free",
]

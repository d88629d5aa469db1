"""Long-running processes that continue after the command that started them has ended."""

from matchwright.supervisor import handover
from matchwright.supervisor.network import fetch, free_port, healthy, port_is_free
from matchwright.supervisor.process import Process
from matchwright.supervisor.service import Service, Supervisor

__all__ = [
    "Process",
    "Service",
    "Supervisor",
    "fetch",
    "free_port",
    "handover",
    "healthy",
    "port_is_free",
]

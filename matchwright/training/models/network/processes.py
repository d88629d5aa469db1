"""The processes of a fit: one, or those that ``torchrun`` started."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ
from typing import Any

import numpy as np
import torch
from torch import distributed, nn


@dataclass(frozen=True)
class Processes:
    """This process's ``rank`` among ``count`` processes, and its device."""

    rank: int
    count: int
    device: torch.device

    def share(self, rows: "np.ndarray[Any, np.dtype[np.intp]]") -> "np.ndarray[Any, np.dtype[np.intp]]":
        """This process's part of a batch."""
        part: np.ndarray[Any, np.dtype[np.intp]] = np.array_split(rows, self.count)[self.rank]
        return part

    def joined(self, network: nn.Module) -> nn.Module:
        """The network on this device, with gradients averaged over all processes."""
        network.to(self.device)
        if self.count == 1:
            return network
        return nn.parallel.DistributedDataParallel(network)

    def total(self, value: float) -> float:
        """The sum of a value over all processes; every process gets the same number."""
        if self.count == 1:
            return value
        summed = torch.tensor(value, dtype=torch.float64, device=self.device)
        distributed.all_reduce(summed)
        return float(summed)


def this_process() -> Processes:
    """Join the group of processes that ``torchrun`` started, if it did. A GPU is used if there is one per process."""
    cuda = torch.cuda.is_available()
    launched = distributed.is_available() and distributed.is_torchelastic_launched()
    if not launched:
        return Processes(0, 1, torch.device("cuda" if cuda else "cpu"))
    local = int(environ["LOCAL_RANK"])
    # nccl needs one GPU per process
    own_gpu = cuda and torch.cuda.device_count() >= int(environ["LOCAL_WORLD_SIZE"])
    if own_gpu:
        torch.cuda.set_device(local)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if own_gpu else "gloo")
    device = torch.device("cuda", local) if own_gpu else torch.device("cpu")
    return Processes(distributed.get_rank(), distributed.get_world_size(), device)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """One thread and a fixed seed, both restored afterwards. On a CPU the same seed then gives the same numbers."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)

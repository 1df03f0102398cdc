"""Where a run's stages are executed: on threads of this process, or on a Dask cluster.

Either way each stage is a supervised process (docs/decisions/0005), and the store decides what is
done: a worker that dies costs the stages it was at, which Dask gives to another one.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flows.pipeline import Runner
from flows.settings import RunSettings, core_count
from gfn_core.errors import GfnError

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 20
LOCAL_CLUSTER = ""  # in place of an address


class ClusterUnavailable(GfnError):
    """The Dask cluster cannot be used."""


@contextmanager
def opened_runner(run: RunSettings) -> Iterator[Runner]:
    """Open the runner that `run` asks for; raises `ClusterUnavailable`."""
    if run.dask_address is None:
        with ThreadPoolExecutor(run.most_slots) as pool:
            yield Runner(pool.submit, run.most_slots, run.threads_for)
        return
    with dask_client(run.dask_address, run.most_slots) as client:
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
        if not workers:
            raise ClusterUnavailable(f"Dask at {run.dask_address}: has no workers; start some")
        threads = _threads_each(client)
        yield Runner(
            lambda stage, clip: client.submit(stage, clip, pure=False),
            run.slots or sum(worker["nthreads"] for worker in workers),
            lambda processes: threads,
            client.scheduler.address,
        )


@contextmanager
def dask_client(address: str, slots: int) -> "Iterator[Client]":
    """Connect to the scheduler at `address`, or to a cluster of our own with so many slots."""
    from distributed import Client, LocalCluster  # noqa: PLC0415  (half a second)

    if address == LOCAL_CLUSTER:
        cluster = LocalCluster(
            n_workers=1, threads_per_worker=slots, processes=False, dashboard_address=None
        )
        with cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ClusterUnavailable(f"Dask at {address}: does not answer ({error})") from error
    with client:
        yield client


def _threads_each(client: "Client") -> int:
    """Threads for each stage's process, such that no host has more of them than cores."""
    slots: Counter[str] = Counter()
    cores: dict[str, int] = {}
    known = client.scheduler_info(n_workers=-1)["workers"]
    for address, count in client.run(core_count).items():
        slots[known[address]["host"]] += known[address]["nthreads"]
        cores[known[address]["host"]] = count
    return max(1, min(cores[host] // slots[host] for host in cores))

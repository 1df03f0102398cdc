"""A GPU that many share: a slot of it is leased from Prefect's server while a stage computes on it.

The lease is renewed for as long as the stage runs; that of a process that dies ends by itself.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from gfn_core.errors import SettingsError
from gfn_core.store.keys import Stage
from tasks.clip import ACTIVITY, MOTION, Clip

LEASE_SECONDS = 60.0


@contextmanager
def gpu_slot(clip: Clip, stage: Stage) -> Iterator[None]:
    """Hold a slot of `clip.gpu_limit` where `stage` runs on a GPU; raises `SettingsError`."""
    if not (clip.gpu_limit and stage.whole in (MOTION.name, ACTIVITY.name) and runs_on_gpu(clip)):
        yield
        return
    from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError  # noqa: PLC0415
    from prefect.concurrency.sync import concurrency  # noqa: PLC0415  (takes a second)

    with ExitStack() as held:
        try:
            held.enter_context(
                concurrency(
                    clip.gpu_limit,
                    lease_duration=LEASE_SECONDS,
                    strict=True,
                    raise_on_lease_renewal_failure=False,  # the server may be away: work goes on
                )
            )
        except ConcurrencySlotAcquisitionError as error:
            hint = f"create it with `prefect gcl create {clip.gpu_limit} --limit 1`"
            raise SettingsError(f"no concurrency limit {clip.gpu_limit!r}; {hint}") from error
        yield


def runs_on_gpu(clip: Clip) -> bool:
    """Whether networks of `clip` run on a GPU here."""
    if not (clip.settings.motion.estimator.has_weights or clip.settings.local_motion):
        return False
    from gfn_core.networks.device import device_named  # noqa: PLC0415  (loads torch)

    return device_named(clip.device).type == "cuda"

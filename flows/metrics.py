"""The latest run of an archive in figures, as a file that Prometheus' node exporter collects."""

import time

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from flows.estimate import free_bytes
from flows.outcome import Outcome
from gfn_core.store.archive import Archive, write_whole

BUCKETS_SECONDS = (1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10800)


class RunMetrics:
    """Figures of the run under way."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._registry = CollectorRegistry()
        self._clips = self._gauge("clips", "Clips of the run, by what became of them.", "status")
        self._footage = self._gauge("footage_seconds", "Footage that was finished.")
        self._written = self._gauge("written_bytes", "Written, by kind.", "kind")
        self._updated = self._gauge("updated_timestamp_seconds", "Time of these figures.")
        self._ended = self._gauge("ended", "1 once the run has ended.")
        self._free = self._gauge("disk_free_bytes", "Room on the archive's disk.")
        self._gauge("started_timestamp_seconds", "Start of the run.").set_to_current_time()
        self._stages = Histogram(
            "gfn_run_stage_seconds",
            "Time of the stages that ran.",
            ["stage"],
            registry=self._registry,
            buckets=BUCKETS_SECONDS,
        )

    def learn(self, outcome: Outcome) -> None:
        """Take in what became of a clip."""
        self._clips.labels(outcome.status).inc()
        for stage, seconds in outcome.seconds.items():
            self._stages.labels(stage).observe(seconds)
        self._written.labels("store").inc(outcome.stored_bytes)
        if outcome.status == "done":
            self._written.labels("output").inc(outcome.output_bytes)
            self._footage.inc(outcome.footage.seconds if outcome.footage else 0.0)

    def write(self, *, has_ended: bool = False) -> None:
        """Renew the file."""
        self._updated.set(time.time())
        self._ended.set(has_ended)
        self._free.set(free_bytes(self._archive.root))
        text = generate_latest(self._registry)
        path = self._archive.store / "metrics" / "gfn.prom"
        write_whole(path, lambda unfinished: unfinished.write_bytes(text), self._archive)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"gfn_run_{name}", meaning, labels, registry=self._registry)

"""A second look at a sample of an archive's clips."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from flows.archive_audit import ArchiveAudit
from flows.integrity import ClipAudit
from flows.resmooth import analysed_source
from flows.settings import RunSettings
from flows.stabilizing import NETWORK_PRELOADED
from gfn_core.audit.finding import Finding
from gfn_core.motion.estimator_name import EstimatorName
from tasks.clip import Clip
from tasks.cross_check import cross_check
from tasks.supervisor import start_early


@dataclass(frozen=True)
class CrossCheck:
    """By which estimator, and how many clips, spread evenly over the archive."""

    estimator: EstimatorName
    sample: int

    def findings(self, audit: ArchiveAudit) -> list[Finding]:
        """Look again; clips that cannot be looked at are told, too."""
        start_early(["tasks.cross_check", *NETWORK_PRELOADED])
        clips = self._clips(audit)
        with ThreadPoolExecutor(RunSettings().slots_for(len(clips))) as pool:
            found = pool.map(cross_check, clips, [self.estimator] * len(clips))
            return [finding for each in found for finding in each]

    def _clips(self, audit: ArchiveAudit) -> list[Clip]:
        audits = audit.clips
        count = min(self.sample, len(audits))
        chosen = np.linspace(0, len(audits) - 1, count).round().astype(int)
        threads = RunSettings().threads_for(count)
        return [replace(_analysed(audits[place]), threads=threads) for place in chosen]


def _analysed(audit: ClipAudit) -> Clip:
    return replace(audit.clip, analysed=analysed_source(audit.archive, audit.entry))

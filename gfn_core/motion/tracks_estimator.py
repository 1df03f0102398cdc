"""Global motion from sparse tracks and a robust fit: needs no weights, runs anywhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.bases import OrthonormalBases, orthonormal_bases
from gfn_core.motion.coverage import area_share, border_weights, coverage_weights
from gfn_core.motion.estimator import GrayFrame, PairMotion
from gfn_core.motion.fitting import Fit, FitSettings, fit_homography, rival_motions
from gfn_core.motion.shots import histogram_change, luma_histogram
from gfn_core.motion.tracks import (
    Luma,
    TrackedFrame,
    TrackingSettings,
    Tracks,
    coarse_tracks,
    fine_tracks,
    prepare,
)

COARSE_ITERATIONS = 6  # enough to start the fine tracks within a pixel
LARGEST_LAPLACIAN = 4 * 255


@dataclass(frozen=True)
class TracksSettings:
    """All that decides what the estimator finds, beside the frames."""

    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    expected_background: float = 0.5  # a smaller share of the frame lowers the confidence
    tolerated_uncertainty: float = 1e-3  # half-widths: halves the confidence
    cut_inlier_share: float = 0.25  # at a cut fewer of the corners move together
    cut_histogram_change: float = 0.02  # and luma is distributed otherwise


@dataclass(frozen=True)
class TracksEstimator:
    """Corners tracked by Lucas-Kanade, fitted in the subspace of the homography bases."""

    settings: TracksSettings = field(default_factory=TracksSettings)
    name: str = "tracks"

    def pair_motions(
        self, frames: Iterable[GrayFrame], geometry: FrameGeometry
    ) -> Iterator[PairMotion]:
        """Yield one motion a frame; holds two frames at a time."""
        analysis: FrameGeometry | None = None
        last: TrackedFrame | None = None
        motion = PairMotion()
        for frame in frames:
            current = prepare(frame.luma, self.settings.tracking)
            if last is None or analysis is None:
                height, width = frame.luma.shape
                analysis = geometry.scaled(width, height)
                bases = orthonormal_bases(analysis)
                motion = PairMotion(shot_start=True, sharpness=sharpness(frame.luma))
            else:
                pair = Pair(last, current, analysis, bases, self.settings)
                motion = pair.motion(motion.homography)
            yield motion
            last = current


@dataclass(frozen=True)
class Pair:
    """Two successive frames."""

    first: TrackedFrame
    second: TrackedFrame
    geometry: FrameGeometry  # of the analysis frames
    bases: OrthonormalBases
    settings: TracksSettings

    def motion(self, previous: FloatArray) -> PairMotion:
        """Motion of this pair, where the pair before moved by `previous` (3, 3)."""
        change = (mean_luma(self.second.luma) - mean_luma(self.first.luma)) / 255
        sharp = sharpness(self.second.luma)
        if len(self.first.corners) == 0:
            return PairMotion(
                confidence=0.0,
                background_share=0.0,
                inlier_share=0.0,
                sharpness=sharp,
                luminance_change=change,
            )
        if np.array_equal(self.first.luma, self.second.luma):
            return PairMotion(sharpness=sharp)
        tracks, fit = self.fit(previous)
        points = np.concatenate([tracks.source, tracks.lost])
        belongs = np.concatenate([fit.inlier_weights > 0.25, np.zeros(len(tracks.lost), bool)])
        inlier_share = float(belongs.mean())
        if self.is_cut(inlier_share):
            return PairMotion(shot_start=True, sharpness=sharp, luminance_change=change)
        background = area_share(points, belongs.astype(np.float64))
        return PairMotion(
            homography=fit.homography,
            confidence=self.confidence(background, fit),
            background_share=background,
            inlier_share=inlier_share,
            residual=fit.residual,
            sharpness=sharp,
            luminance_change=change,
        )

    def fit(self, previous: FloatArray) -> tuple[Tracks, Fit]:
        """Track coarsely and choose a start, then track finely from there."""
        tracking = self.settings.tracking
        coarse = coarse_tracks(self.first, self.second, self.geometry, tracking)
        start = self.coarse_fit(coarse, previous).homography
        fine = fine_tracks(self.first, self.second, self.geometry, tracking, start)
        fit = fit_homography(
            fine.source, fine.target, self.bases, starts=[start], settings=self.settings.fit
        )
        return fine, fit

    def coarse_fit(self, tracks: Tracks, previous: FloatArray) -> Fit:
        """Choose between the motions that the tracks show, by the background each explains.

        Tracks are weighed by the area that they stand for, and by where background is likely.
        """
        area = coverage_weights(tracks.source)
        return fit_homography(
            tracks.source,
            tracks.target,
            self.bases,
            weights=area * border_weights(tracks.source, self.geometry.half_height),
            starts=[*rival_motions(tracks.source, tracks.target, 2), previous, np.eye(3)],
            settings=replace(self.settings.fit, iterations=COARSE_ITERATIONS),
        )

    def is_cut(self, inlier_share: float) -> bool:
        """Whether nothing of the first frame goes on in the second."""
        change = histogram_change(luma_histogram(self.first.half), luma_histogram(self.second.half))
        return (
            inlier_share < self.settings.cut_inlier_share
            and change > self.settings.cut_histogram_change
        )

    def confidence(self, background_share: float, fit: Fit) -> float:
        """Trust in the motion: much of the frame agrees on it, and it is known precisely."""
        agreement = min(1.0, background_share / self.settings.expected_background)
        precision = 1 / (1 + (fit.uncertainty / self.settings.tolerated_uncertainty) ** 2)
        return agreement * precision


def mean_luma(luma: Luma) -> float:
    """Mean of a picture, 0 to 255."""
    return float(cv2.mean(luma)[0])


def sharpness(luma: Luma) -> float:
    """Mean absolute Laplacian, 0 to 1."""
    laplacian = cv2.Laplacian(luma, cv2.CV_16S)
    return float(cv2.norm(laplacian, cv2.NORM_L1) / laplacian.size / LARGEST_LAPLACIAN)

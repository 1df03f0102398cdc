"""Two successive frames: what their sparse tracks say of the camera's motion."""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.alignment import align
from gfn_core.motion.analysis_frame import AnalysisFrame
from gfn_core.motion.coverage import area_share, border_weights, coverage_weights
from gfn_core.motion.estimator import PairMotion
from gfn_core.motion.fitting import Fit, FitSettings, fit_homography, refine, rival_motions
from gfn_core.motion.guide import Guide
from gfn_core.motion.homography import from_pixels, transform
from gfn_core.motion.phase_shift import phase_shift_px
from gfn_core.motion.photometric_error import AlignmentSettings
from gfn_core.motion.residual_flow import residual_dct
from gfn_core.motion.shots import likeness
from gfn_core.motion.tracks import (
    Luma,
    TrackingSettings,
    Tracks,
    coarse_tracks,
    fine_tracks,
)

COARSE_ITERATIONS = 6  # enough to start the fine tracks within a pixel
WITHIN_REACH = FitSettings(iterations=4, coarsest_scale=2e-2, finest_scale=2e-2)  # 6 px at 640
LARGEST_LAPLACIAN = 4 * 255
SURE_SUPPORT = 0.3  # of the background's tracks
LEAST_SUPPORT = 0.03  # of the frame: where tracks agree on less, a motion that is told counts
NO_DCT = np.zeros(0)
GUESS_CONFIDENCE = 0.5  # at most: a motion that no track confirms
EXPLAINED = (0.6, 0.9)  # of the images' difference: below the first no confirmation, above it all


@dataclass(frozen=True)
class TracksSettings:
    """All that decides what the estimator finds, beside the frames."""

    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    expected_background: float = 0.5  # a smaller share of the frame lowers the confidence
    tolerated_uncertainty: float = 1e-3  # half-widths: halves the confidence
    sure_uncertainty: float = 1.5e-4  # half-widths: a fit less sure is polished on the images
    alignment: AlignmentSettings = field(default_factory=AlignmentSettings)
    cut_inlier_share: float = 0.25  # fewer of the corners move together at a cut, or are lost
    cut_likeness: float = 0.5  # at a cut the thumbnails are less alike, too
    lost_inlier_share: float = 0.03  # where not even so few do,
    lost_likeness: float = 0.7  # thumbnails must be more alike than by chance


@dataclass(frozen=True)
class Agreement:
    """What the tracks of a pair say: the motion, and how much of the frame moves by it."""

    tracks: Tracks
    fit: Fit
    inlier_share: float  # of the corners
    background_share: float  # of the area

    @classmethod
    def of(cls, tracks: Tracks, fit: Fit) -> "Agreement":
        """Count who agrees; a corner that was lost does not."""
        points = np.concatenate([tracks.source, tracks.lost])
        agrees = np.concatenate([fit.agrees, np.zeros(len(tracks.lost), bool)])
        share = float(agrees.mean()) if len(points) else 0.0
        return cls(tracks, fit, share, area_share(points, agrees.astype(np.float64)))


@dataclass(frozen=True)
class FramePair:
    """Two successive frames, and what a network says of them where there is one."""

    first: AnalysisFrame
    second: AnalysisFrame
    settings: TracksSettings
    guide: Guide | None = None

    @property
    def geometry(self) -> FrameGeometry:
        """Of the analysis frames."""
        return self.first.geometry

    @property
    def told(self) -> list[FloatArray]:
        """The motion (3, 3) that the guide tells of, unless it is an earlier pair's."""
        return [self.guide.homography] if self.guide and self.guide.is_fresh else []

    def motion(self, previous: FloatArray) -> PairMotion:
        """Motion of this pair, where the pair before moved by `previous` (3, 3)."""
        seen = PairMotion(
            sharpness=sharpness(self.second.luma),
            luminance_change=(mean_luma(self.second.luma) - mean_luma(self.first.luma)) / 255,
        )
        if len(self.first.tracked.corners) == 0:
            return self.guessed(seen)
        if np.array_equal(self.first.luma, self.second.luma):
            return seen
        found = self.agreement(previous)
        if self.is_cut(found.inlier_share):
            return replace(seen, shot_start=True)
        if self.told and found.background_share < LEAST_SUPPORT:
            return self.guessed(seen)
        return replace(
            seen,
            homography=found.fit.homography,
            confidence=self.confidence(found),
            background_share=found.background_share,
            inlier_share=found.inlier_share,
            residual=found.fit.residual,
            dct=self.residual_dct(found) if self.guide else NO_DCT,
        )

    def agreement(self, previous: FloatArray) -> Agreement:
        """Track coarsely and choose a motion, then track finely from that.

        Where few corners agree on it, all are sought from other starts: in a fast pan or a jolt the
        coarse tracks, which start from rest, are lost.
        """
        coarse = coarse_tracks(
            self.first.tracked, self.second.tracked, self.geometry, self.settings.tracking
        )
        found = self.tracked_from(self.coarse_fit(coarse, previous).homography)
        for start in (previous, *self.told):
            if found.inlier_share < self.settings.cut_inlier_share:
                found = self.tracked_anew(start) or found
        if found.inlier_share < self.settings.lost_inlier_share:
            found = self.tracked_anew(self.shift) or found
        return self.polished(found)

    @property
    def shift(self) -> FloatArray:
        """The shift of the whole picture (3, 3), roughly."""
        shift = np.eye(3)
        shift[:2, 2] = 2 * phase_shift_px(self.first.tracked.half, self.second.tracked.half)
        return from_pixels(shift, self.geometry)

    def tracked_anew(self, start: FloatArray) -> Agreement | None:
        """Track finely from another `start` (3, 3); None if no more agree than at a cut.

        Of all the frame's corners, for far starts leave few to look for, which agree by chance.
        """
        again = self.tracked_from(start)
        least = self.settings.cut_inlier_share * len(self.first.tracked.corners)
        return again if np.count_nonzero(again.fit.agrees) >= least else None

    def tracked_from(self, start: FloatArray) -> Agreement:
        """Track finely from a motion `start` (3, 3)."""
        tracking, first, second = self.settings.tracking, self.first.tracked, self.second.tracked
        fine = fine_tracks(first, second, self.geometry, tracking, start)
        fit = fit_homography(
            fine.source,
            fine.target,
            self.first.bases,
            weights=self.background_weights(fine.source) if self.guide else None,
            starts=[start],
            settings=self.settings.fit,
        )
        return Agreement.of(fine, fit)

    def polished(self, found: Agreement) -> Agreement:
        """Align the images where tracks leave doubt, and a guide says which pixels to trust.

        A camera shaken so hard that corners blur and are lost leaves no track to agree with; then
        the images bear witness themselves, if the background is alike once it has been moved.
        """
        if self.guide is None:
            return found
        tracks, fit = found.tracks, found.fit
        trusted = self.background_weights(tracks.source)
        support = float(trusted @ fit.inlier_weights) / max(trusted.sum(), 1.0)
        if fit.uncertainty < self.settings.sure_uncertainty and support > SURE_SUPPORT:
            return found
        background = self.guide.background
        starts = [fit.homography, *self.told]
        first, second = self.first.alignment, self.second.alignment
        aligned = align(first, second, starts, background, self.settings.alignment)
        if not aligned.improved:
            return found
        better = replace(fit, homography=aligned.homography, uncertainty=aligned.uncertainty)
        confirmed = float(np.interp(aligned.explained, EXPLAINED, (0, 1)) * background.mean())
        share = max(found.background_share, confirmed)
        return replace(found, fit=better, background_share=share)

    def residual_dct(self, found: Agreement) -> FloatArray:
        """What the tracks that agree leave over, in low frequencies."""
        tracks, fit = found.tracks, found.fit
        left = tracks.target - transform(fit.homography, tracks.source)
        weights = fit.inlier_weights * self.background_weights(tracks.source)
        return residual_dct(tracks.source, left, weights, self.geometry)

    def coarse_fit(self, tracks: Tracks, previous: FloatArray) -> Fit:
        """Choose between the motions that the tracks show, by the background each explains.

        Tracks are weighed by the area that they stand for, and by where background is. What the
        guide tells is brought onto the tracks first: a few px off, it would find no support.
        """
        points, bases = (tracks.source, tracks.target), self.first.bases
        weights = coverage_weights(tracks.source) * self.background_weights(tracks.source)
        near = [
            refine(told, *points, bases, prior=weights, settings=WITHIN_REACH).homography
            for told in self.told
        ]
        return fit_homography(
            *points,
            bases,
            weights=weights,
            starts=[*rival_motions(*points, 2), *self.told, *near, previous, np.eye(3)],
            settings=replace(self.settings.fit, iterations=COARSE_ITERATIONS),
        )

    def background_weights(self, points: FloatArray) -> FloatArray:
        """Weight (N,) of `points` (N, 2): seen by the guide, or else likely at their place."""
        if self.guide is not None:
            return self.guide.weights(points, self.geometry)
        return border_weights(points, self.geometry.half_height)

    def guessed(self, seen: PairMotion) -> PairMotion:
        """Motion where there is nothing to track: the guide's, or rest; trusted accordingly."""
        if self.guide is None or not self.guide.is_fresh:
            return replace(seen, confidence=0.0, background_share=0.0, inlier_share=0.0)
        return replace(
            seen,
            homography=self.guide.homography,
            confidence=self.guide.confidence * GUESS_CONFIDENCE,
            background_share=float(self.guide.background.mean()),
            inlier_share=0.0,
        )

    def is_cut(self, inlier_share: float) -> bool:
        """Whether the two frames show different places, however far the camera may have turned.

        Where no corner at all is found again, the thumbnails must be more alike than else.
        """
        if inlier_share >= self.settings.cut_inlier_share:
            return False
        none_left = inlier_share < self.settings.lost_inlier_share
        alike = self.settings.lost_likeness if none_left else self.settings.cut_likeness
        return likeness(self.first.tracked.thumbnail, self.second.tracked.thumbnail) < alike

    def confidence(self, found: Agreement) -> float:
        """Trust in the motion: much of the frame agrees on it, and it is known precisely."""
        agreement = min(1.0, found.background_share / self.settings.expected_background)
        precision = 1 / (1 + (found.fit.uncertainty / self.settings.tolerated_uncertainty) ** 2)
        return agreement * precision


def mean_luma(luma: Luma) -> float:
    """Mean of a picture, 0 to 255."""
    return float(cv2.mean(luma)[0])


def sharpness(luma: Luma) -> float:
    """Mean absolute Laplacian, 0 to 1."""
    laplacian = cv2.Laplacian(luma, cv2.CV_16S)
    return float(cv2.norm(laplacian, cv2.NORM_L1) / laplacian.size / LARGEST_LAPLACIAN)

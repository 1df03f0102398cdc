import numpy as np
import pytest

from gfn_core.metrics.evaluation import Video, evaluate


def test_a_steadied_crop_beats_its_source_and_is_known_for_a_crop(look):
    rng = np.random.default_rng(1)
    times = np.arange(12) / 30

    def view(scale, x, y):
        return np.array([[scale, 0, x], [0, scale, y], [0, 0, 1.0]])

    source = [look(view(1, *rng.normal(0, 5, 2))) for _ in times]
    steady = [look(view(0.9, 0, 0)) for _ in times]
    shaky = evaluate(Video(source, times), Video(source, times))
    better = evaluate(Video(source, times), Video(steady, times))
    assert shaky.stability.acceleration_px > 10
    assert better.stability.acceleration_px == 0
    assert better.interframe.psnr_db > shaky.interframe.psnr_db
    assert shaky.fidelity.cropping_ratio == pytest.approx(1, abs=1e-6)
    assert better.fidelity.cropping_ratio == pytest.approx(0.9, abs=1e-3)
    assert better.timing.same_frame_count
    row = better.as_row()
    assert row["nus_minimum"] == 1.0
    assert row["compared"] == 12

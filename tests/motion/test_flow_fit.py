import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import orthonormal_bases
from gfn_core.motion.flow_fit import homography_of_flow
from gfn_core.motion.homography import flow


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
@pytest.mark.parametrize("seed", range(3))
def test_finds_the_homography_of_its_flow(size, seed):
    geometry = FrameGeometry(*size)
    bases = orthonormal_bases(geometry)
    truth = bases.homography_of(np.random.default_rng(seed).normal(0, 0.03, 8))
    field = flow(truth, geometry.grid(32, 18).reshape(-1, 2)).reshape(18, 32, 2)
    np.testing.assert_allclose(homography_of_flow(field, geometry, bases), truth, atol=1e-6)

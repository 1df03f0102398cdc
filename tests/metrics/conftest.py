import cv2
import numpy as np
import pytest

from gfn_core.synthetic.brush import fractal_noise


@pytest.fixture(scope="session")
def scene():
    """A large picture rich in corners, (900, 1400) uint8."""
    rng = np.random.default_rng(3)
    coarse = fractal_noise(rng, 1400, 900, 60, octaves=5)
    blocks = np.kron(rng.random((90, 140)), np.ones((10, 10)))
    picture = cv2.GaussianBlur(0.5 * coarse + 0.5 * blocks, (0, 0), 1.2)
    return np.clip(picture * 255, 0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def look(scene):
    """A camera on the scene: `look(frame_to_scene_px)` returns a frame (360, 640).

    The matrix (3, 3) takes frame px, counted from the frame's centre, to scene px from its centre.
    """
    to_scene_corner = np.array([[1, 0, 699.5], [0, 1, 449.5], [0, 0, 1]])
    from_frame_corner = np.array([[1, 0, -319.5], [0, 1, -179.5], [0, 0, 1]])

    def render(frame_to_scene_px):
        return cv2.warpPerspective(
            scene,
            to_scene_corner @ frame_to_scene_px @ from_frame_corner,
            (640, 360),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        )

    return render

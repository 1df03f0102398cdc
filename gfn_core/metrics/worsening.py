"""When a video counts as shaking more than its source: by more than measuring may err."""

WORSE_RATIO, WORSE_FLOOR_PX = 1.05, 0.3  # of the source's acceleration; px of 1920, a frame squared


def is_worse(source_px: float, output_px: float) -> bool:
    """Whether an acceleration says so; NaN, where nothing could be measured, does, too."""
    return not output_px <= max(WORSE_RATIO * source_px, source_px + WORSE_FLOOR_PX)

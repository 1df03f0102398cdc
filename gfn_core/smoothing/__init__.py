"""Smoothing: crop constraints, stage 1 (QP), stage 2 (DCT residual). Needs numpy and cvxpy only."""

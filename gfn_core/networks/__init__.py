"""Networks: low-pass filter, flow pyramid, GlobalFlowNet, GLOCAL."""

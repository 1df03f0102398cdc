"""What can be chosen in a training, by name; apart from what does it, so that naming loads none."""

from enum import StrEnum


class Trained(StrEnum):
    """Which network is trained."""

    TEACHER = "teacher"  # the flow network, unfiltered
    STUDENT = "student"  # GlobalFlowNet
    GLOCAL = "glocal"


class LossKind(StrEnum):
    """Penalty on the error of a flow, in px; an ablation compares them."""

    ABSOLUTE = "l1"
    SQUARED = "l2"
    ROBUST = "robust"


class TeacherKind(StrEnum):
    """Whose flow a student imitates on real clips."""

    DIS = "dis"
    NETWORK = "network"
    RAFT = "raft"

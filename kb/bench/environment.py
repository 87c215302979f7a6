"""The environment in which a measurement runs, and the part of it that a record tells."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from kb.isolate import THREADS

# What drivers are found and steered by; a child otherwise sees none of our environment.
_DRIVER_VARIABLES = (
    *("VK_", "WGPU_", "MESA_", "LP_", "LIBGL_", "DRI_", "DXVK_"),
    *("OCL_", "OPENCL_", "POCL_", "CL_", "GPU_"),
    *("CUDA_", "NVIDIA_", "HIP_", "HSA_", "ROCR_", "ROCM_", "ZE_", "SYCL_", "ONEAPI_", "PYTORCH_"),
)
_DISPLAY_VARIABLES = ("XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY")
#: What software adapters are told the number of threads by: lavapipe, PoCL before and since version 4.
SOFTWARE_THREADS = ("LP_NUM_THREADS", "POCL_MAX_PTHREAD_COUNT", "POCL_CPU_MAX_CU_COUNT")
#: Variables that steer threads, libraries and drivers, and name no person, no path and no machine.
STEERING = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"),
    *("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS", "OPENBLAS_CORETYPE", "MKL_ENABLE_INSTRUCTIONS"),
    *("POCL_DEVICES", "POCL_MAX_PTHREAD_COUNT", "POCL_CPU_MAX_CU_COUNT", "LP_NUM_THREADS"),
    *("LP_NATIVE_VECTOR_WIDTH", "MESA_VK_DEVICE_SELECT", "DRI_PRIME", "WGPU_BACKEND", "WGPU_POWER_PREF"),
    *("CUDA_VISIBLE_DEVICES", "CUDA_LAUNCH_BLOCKING", "NVIDIA_TF32_OVERRIDE", "HIP_VISIBLE_DEVICES"),
    *("ROCR_VISIBLE_DEVICES", "HSA_OVERRIDE_GFX_VERSION", "GPU_MAX_HW_QUEUES", "ZE_AFFINITY_MASK"),
    *("PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_TUNABLEOP_ENABLED"),
)


def environment(threads: int) -> dict[str, str]:
    """What a child sees: what drivers are found and steered by, and so many threads for libraries."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_DRIVER_VARIABLES) or name in _DISPLAY_VARIABLES
    }
    return {**passed, **dict.fromkeys(THREADS, str(threads))}


def steering(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of ``STEERING`` that are set, without values that hold a path or the number of one device."""
    plain = re.compile(r"(?!.*[0-9a-f]{8}-)[\w.,:;=+-]{1,60}", re.IGNORECASE)
    return {
        name: environment[name]
        for name in STEERING
        if name in environment and plain.fullmatch(environment[name])
    }

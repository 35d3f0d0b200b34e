"""MKL's AVX-512 kernels on AMD processors."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

MKL_SHIM = """
int mkl_serv_intel_cpu(void) { return 1; }
int mkl_serv_intel_cpu_true(void) { return 1; }
"""


def use_avx512_kernels_of_mkl():
    """Starts this program anew with a library that answers MKL's question.

    MKL takes its AVX2 kernels on any processor that is not Intel's. On AMD
    processors with AVX-512 the others are twice as fast.
    """
    processor = Path("/proc/cpuinfo")
    facts = processor.read_text() if processor.exists() else ""
    if "AuthenticAMD" not in facts or "avx512vl" not in facts:
        return
    if "LD_PRELOAD" in os.environ:
        return
    if shutil.which("cc") is None:
        print("no C compiler: MKL stays with AVX2", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "mkl-avx512.so"
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library],
            input=MKL_SHIM, text=True, check=True)
        status = subprocess.run(
            [sys.executable, *sys.argv],
            env={**os.environ, "LD_PRELOAD": str(library)}).returncode
    sys.exit(status)

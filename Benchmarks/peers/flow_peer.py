"""Mixup flow of a random-feature design: NumPy's closed form, SciPy's solvers.

    dθ/dt = -(K θ - b),   K = ΦᵀΦ/m,   b = Φᵀy/m

at 1,000 times up to 10⁵/μ_max, from labels and a design of 2,000 × 1,000. The
solvers get K and b by matrix products and, where they can use it, the Jacobian.
"""

import argparse

import numpy as np
import threadpoolctl
from scipy.integrate import solve_ivp
from scipy.linalg.blas import dsyrk

import workload

SAMPLES, FEATURES, TIMES = 2_000, 1_000, 1_000
SOLVERS = ("numpy", "RK45", "LSODA", "BDF", "Radau")


def problem():
    """Columns scaled by 1 … 0.1, so that small eigenvalues take their time."""
    random = np.random.default_rng(0)
    design = random.standard_normal((SAMPLES, FEATURES))
    design *= np.logspace(0, -1, FEATURES)
    labels = random.standard_normal(SAMPLES)
    start = random.standard_normal(FEATURES) / np.sqrt(FEATURES)
    largest = np.linalg.norm(design, 2) ** 2 / SAMPLES
    return design, labels, start, np.logspace(-2, 5, TIMES) / largest


def moments(design, labels):
    return (dsyrk(1 / SAMPLES, design, trans=1, lower=0),
            design.T @ labels / SAMPLES)


class Flow:
    def __init__(self, solver, new_design):
        self.design, self.labels, self.start, self.times = problem()
        self.solver = solver
        self.new_design = new_design
        self.decompose()

    def decompose(self):
        # NumPy sees A.T @ A and calls BLAS's syrk.
        moment = self.design.T @ self.design / SAMPLES
        self.values, self.modes = np.linalg.eigh(moment)

    def closed_form(self):
        if self.new_design:
            self.decompose()
        target = self.modes.T @ (self.design.T @ self.labels) / SAMPLES
        end = target / self.values
        way = self.modes.T @ self.start - end
        decay = np.exp(-np.outer(self.times, self.values))
        decay *= way
        decay += end
        return decay @ self.modes.T

    def integrated(self):
        upper, target = moments(self.design, self.labels)
        moment = upper + np.triu(upper, 1).T
        jacobian = -moment
        extra = {} if self.solver == "RK45" else {"jac": lambda t, x: jacobian}
        solution = solve_ivp(
            lambda t, x: target - moment @ x, (0, self.times[-1]), self.start,
            method=self.solver, t_eval=self.times, rtol=1e-6, atol=1e-9,
            **extra)
        return solution.y.T

    def run(self):
        theta = (self.closed_form() if self.solver == "numpy"
                 else self.integrated())
        return float(np.linalg.norm(theta[-1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--workload", required=True, choices=("mixup-flow", "flow-labels"))
    parser.add_argument("--threads", required=True, type=int)
    parser.add_argument("--solver", default="numpy", choices=SOLVERS)
    chosen = parser.parse_args()
    threadpoolctl.threadpool_limits(chosen.threads)
    flow = Flow(chosen.solver, chosen.workload == "mixup-flow")
    workload.serve(flow.run, 2 if chosen.solver == "numpy" else 0)


if __name__ == "__main__":
    main()

"""Leave-one-out r by NumPy: the posterior without one sample, computed anew.

    r(z) = log p(F|D without z) - log p(F|D)

One of the 10,000 samples is left out in a pass, and the seconds are multiplied
by their number.
"""

import argparse

import numpy as np
import threadpoolctl
from scipy.linalg import cho_factor, cho_solve

import workload

SAMPLES, FEATURES, FAILURES = 10_000, 500, 50
NOISE, PRIOR = 0.1, 1.0


class Removals:
    def __init__(self):
        random = np.random.default_rng(0)
        weights = random.standard_normal(FEATURES) / np.sqrt(FEATURES)

        def draw(count):
            design = random.standard_normal((count, FEATURES))
            noise = random.standard_normal(count)
            return design, design @ weights + np.sqrt(NOISE) * noise

        self.design, self.labels = draw(SAMPLES)
        self.failures, self.failed = draw(FAILURES)
        self.sample = 0
        self.whole = self.log_evidence(self.design, self.labels)

    def log_evidence(self, design, labels):
        """log p(F|design), but for a constant."""
        # NumPy sees A.T @ A and calls BLAS's syrk.
        precision = design.T @ design
        precision /= NOISE
        precision[np.diag_indices(FEATURES)] += 1 / PRIOR
        factor = cho_factor(precision, overwrite_a=True, check_finite=False)
        mean = cho_solve(factor, design.T @ labels / NOISE,
                         check_finite=False)
        covariance = self.failures @ cho_solve(
            factor, self.failures.T, check_finite=False)
        covariance[np.diag_indices(FAILURES)] += NOISE
        root = cho_factor(covariance, check_finite=False)
        errors = self.failed - self.failures @ mean
        return (-errors @ cho_solve(root, errors) / 2
                - np.log(np.diag(root[0])).sum())

    def run(self):
        # The sample goes to the end and the others are a view: no copy.
        last = SAMPLES - 1
        for rows in (self.design, self.labels):
            rows[[self.sample, last]] = rows[[last, self.sample]]
        value = self.log_evidence(
            self.design[:last], self.labels[:last]) - self.whole
        self.sample = (self.sample + 1) % last
        return value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--workload", required=True, choices=("leave-one-out",))
    parser.add_argument("--threads", required=True, type=int)
    chosen = parser.parse_args()
    threadpoolctl.threadpool_limits(chosen.threads)
    workload.serve(Removals().run, share=1 / SAMPLES)


if __name__ == "__main__":
    main()

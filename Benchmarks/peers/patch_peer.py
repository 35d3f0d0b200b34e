"""The all-pairs descent of the patch network, written carefully in NumPy.

The algebra of mixlab in float64: filter responses, their Gram matrix, one
sigmoid per ordered pair, H, the next responses. No mixed sample is formed, all
n x n buffers are allocated once, products go to BLAS on all threads.

`--form gram` moves the responses by the inner products of the patches,
`--form direct` goes through the weights. mixlab takes the first here.
"""

import argparse

import numpy as np
import threadpoolctl

import workload

SAMPLES, PATCHES, DIMENSION, WIDTH = 300, 5, 2_000, 10
MIXING_WEIGHT, LEARNING_RATE, STEPS = 0.6, 0.02, 50


def problem(generated):
    """Noise patches, all different; generated ones have a feature patch, one of
    feature noise, and noise that is orthogonal to both."""
    random = np.random.default_rng(0)
    features = np.eye(4, DIMENSION)
    x = random.standard_normal((SAMPLES, PATCHES, DIMENSION))
    x *= np.sqrt(15 / DIMENSION)
    labels = np.arange(SAMPLES) % 2
    if generated:
        x[:, :, :4] = 0
        for i, label in enumerate(labels):
            place = random.permutation(PATCHES)
            x[i, place[0]] = features[label + 2 * (i % 20 < 2)]
            x[i, place[1]] = 0.1 * features[random.integers(2)]
    start = 0.01 * random.standard_normal((2, WIDTH, DIMENSION))
    return x, labels, start


class Descent:
    def __init__(self, generated, form):
        x, labels, start = problem(generated)
        self.form = form
        self.flat = np.ascontiguousarray(x.reshape(-1, DIMENSION))
        self.start = np.ascontiguousarray(start.reshape(-1, DIMENSION).T)
        self.first = self.flat @ self.start  # [nP, 2m]
        if form == "gram":
            self.gram = self.flat @ self.flat.T
        self.sign = np.repeat([1.0, -1.0], WIDTH)
        one = (labels == 0).astype(float)
        a = MIXING_WEIGHT
        self.target = a * one[:, None] + (1 - a) * one[None, :]
        self.margin = np.empty((SAMPLES, SAMPLES))
        self.power = np.empty_like(self.margin)
        self.residual = np.empty_like(self.margin)

    def begin(self):
        self.s = self.first.copy()
        self.history = np.zeros_like(self.s)
        self.w = self.start.copy()

    def run(self):
        """STEPS steps from the initial weights; returns ‖S‖ at the end."""
        self.begin()
        for _ in range(STEPS):
            self.step()
        return float(np.linalg.norm(self.s))

    def step(self):
        n, a, b = SAMPLES, MIXING_WEIGHT, 1 - MIXING_WEIGHT
        q, e, g = self.margin, self.power, self.residual
        signed = (self.s * self.sign).reshape(n, -1)
        np.matmul(self.s.reshape(n, -1), signed.T, out=q)
        norms = q.diagonal().copy()
        q *= 2 * a * b
        q += (a * a * norms)[:, None]
        q += b * b * norms
        # sigmoid(q) = 1 / (1 + e^-q); the margins stay far below 700 here.
        np.negative(q, out=e)
        np.exp(e, out=e)
        e += 1
        np.reciprocal(e, out=g)
        g -= self.target
        diagonal = a * a * g.sum(1) + b * b * g.sum(0)
        np.add(g, g.T, out=e)
        e *= a * b
        e.flat[:: n + 1] += diagonal
        slopes = (e @ signed).reshape(self.s.shape)
        slopes *= 2 * LEARNING_RATE / n**2
        if self.form == "gram":
            self.history -= slopes
            np.matmul(self.gram, self.history, out=self.s)
            self.s += self.first
        else:
            self.w -= self.flat.T @ slopes
            np.matmul(self.flat, self.w, out=self.s)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--workload", required=True,
        choices=("patch-descent", "patch-generated"))
    parser.add_argument("--threads", required=True, type=int)
    parser.add_argument("--form", default="gram", choices=("gram", "direct"))
    chosen = parser.parse_args()
    threadpoolctl.threadpool_limits(chosen.threads)
    descent = Descent(chosen.workload == "patch-generated", chosen.form)
    workload.serve(descent.run)


if __name__ == "__main__":
    main()

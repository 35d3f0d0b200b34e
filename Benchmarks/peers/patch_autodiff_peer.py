"""The all-pairs descent of the patch network by automatic differentiation.

In float64, over all ordered pairs, as one would write it from the definition:

`--form inputs` forms the mixed samples, a chunk of first samples with all
partners at a time, and runs the network on them. `--form responses` uses that
the filters are linear: it mixes their responses, all pairs at once.
`--library pytorch` accumulates gradients over the chunks; `--library jax` scans
over them in one compiled call.

A turn does a few of the workload's steps, `--steps`, and says the seconds that
all of them would take. `--verify` compares a step with the NumPy peer's.
"""

import argparse
import os
import sys

import numpy as np

import patch_peer
import workload
from patch_peer import (
    DIMENSION, LEARNING_RATE, MIXING_WEIGHT, PATCHES, SAMPLES, STEPS, WIDTH)



def mixed_labels(labels):
    """λ 1[y_i] + (1 - λ) 1[y_j], [n, n, 2]."""
    one = np.eye(2)[labels]
    a = MIXING_WEIGHT
    return a * one[:, None] + (1 - a) * one[None, :]


def pytorch_steps(x, targets, start, form, chunk, threads):
    import torch
    torch.set_num_threads(threads)
    x, targets = torch.from_numpy(x), torch.from_numpy(targets)
    a, n = MIXING_WEIGHT, SAMPLES
    flat = x.reshape(n * PATCHES, DIMENSION)

    def loss(logits, rows):
        return torch.nn.functional.cross_entropy(
            logits, targets[rows].reshape(-1, 2), reduction="sum") / n**2

    def squared(responses):
        """[pairs, patches, 2 filters of each class] to logits."""
        return responses.square().reshape(
            -1, PATCHES, 2, WIDTH).sum(dim=(1, 3))

    def step(w):
        w = w.detach().requires_grad_(True)
        if form == "responses":
            # All pairs in one graph: 72 MB of mixed responses.
            s = (flat @ w.T).reshape(n, PATCHES, -1)
            mixed = a * s[:, None] + (1 - a) * s[None, :]
            loss(squared(mixed), slice(None)).backward()
        else:
            for first in range(0, n, chunk):
                rows = slice(first, first + chunk)
                mixed = a * x[rows, None] + (1 - a) * x[None, :]
                loss(squared(mixed.reshape(-1, DIMENSION) @ w.T), rows
                     ).backward()
        with torch.no_grad():
            return w - LEARNING_RATE * w.grad

    def steps(count):
        w = torch.from_numpy(start)
        for _ in range(count):
            w = step(w)
        return w.detach().numpy()

    return steps


def jax_steps(x, targets, start, form, chunk, threads):
    # The only way to bound XLA's thread pool on a CPU.
    os.environ["NPROC"] = str(threads)
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax
    import jax.numpy as jnp
    jax.config.update("jax_enable_x64", True)
    a, n = MIXING_WEIGHT, SAMPLES
    x = jnp.asarray(x)
    chunks = n // chunk
    targets = jnp.asarray(targets).reshape(chunks, chunk * n, 2)

    def losses(responses, target):
        logits = (responses**2).reshape(
            -1, PATCHES, 2, WIDTH).sum(axis=(1, 3))
        return -jnp.sum(target * jax.nn.log_softmax(logits)) / n**2

    def inputs_loss(w, rows, target):
        mixed = a * rows[:, None] + (1 - a) * x[None, :]
        return losses(mixed.reshape(-1, DIMENSION) @ w.T, target)

    @jax.jit
    def step(w):
        if form == "inputs":
            rows = x.reshape(chunks, chunk, PATCHES, DIMENSION)

            def add(total, part):
                return total + jax.grad(inputs_loss)(w, *part), None

            gradient, _ = jax.lax.scan(
                add, jnp.zeros_like(w), (rows, targets))
        else:
            def total_loss(w):
                s = (x.reshape(-1, DIMENSION) @ w.T).reshape(n, PATCHES, -1)
                return losses(
                    a * s[:, None] + (1 - a) * s[None, :],
                    targets.reshape(-1, 2))

            gradient = jax.grad(total_loss)(w)
        return w - LEARNING_RATE * gradient

    def steps(count):
        w = jnp.asarray(start)
        for _ in range(count):
            w = step(w)
        return np.asarray(w)

    return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--workload", required=True,
        choices=("patch-descent", "patch-generated"))
    parser.add_argument("--threads", required=True, type=int)
    parser.add_argument(
        "--library", required=True, choices=("pytorch", "jax"))
    parser.add_argument(
        "--form", required=True, choices=("inputs", "responses"))
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=1)
    parser.add_argument("--verify", action="store_true")
    chosen = parser.parse_args()
    x, labels, start = patch_peer.problem(
        chosen.workload == "patch-generated")
    start = np.ascontiguousarray(start.reshape(-1, DIMENSION))
    make = pytorch_steps if chosen.library == "pytorch" else jax_steps
    steps = make(
        x, mixed_labels(labels), start, chosen.form,
        chosen.chunk, chosen.threads)
    if chosen.verify:
        reference = patch_peer.Descent(
            chosen.workload == "patch-generated", "direct")
        reference.begin()
        reference.step()
        moved = reference.w.T - start
        error = np.abs(steps(1) - start - moved).max() / np.abs(moved).max()
        print(f"largest difference of a step, relative: {error:.2e}")
        sys.exit(0 if error < 1e-9 else 1)

    def run():
        return float(np.linalg.norm(x.reshape(-1, DIMENSION) @ steps(
            chosen.steps).T))

    workload.serve(
        run, warm_up_passes=1, share=chosen.steps / STEPS)


if __name__ == "__main__":
    main()

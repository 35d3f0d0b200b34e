"""R1, R2 and R3 of the mixup loss over all pairs, tanh, in float64.

`--library numpy` carries jets to second order by hand, from the first layer's
pre-activations on, which are paid once for each image; `--factored` does what
mixlab does: no pair is visited. `jax` and `pytorch` take derivatives along the
segments by nested forward mode, mapped over the second image.
"""

import argparse
import os

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--workload", required=True, choices=("expansion",))
parser.add_argument("--threads", required=True, type=int)
parser.add_argument(
    "--library", default="numpy", choices=("numpy", "jax", "pytorch"))
parser.add_argument("--factored", action="store_true")
CHOSEN = parser.parse_args()
# Read when JAX is loaded.
os.environ["NPROC"] = str(CHOSEN.threads)
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np  # noqa: E402
import threadpoolctl  # noqa: E402

import workload  # noqa: E402

IMAGES = 300
# E[a] and E[a^2] of a = 1 - λ, λ ~ Beta(1, 1) tilted.
FIRST, SECOND = 1 / 3, 1 / 6


def problem():
    images, labels = workload.images_and_labels(IMAGES)
    layers = [
        (w.astype(np.float64), b.astype(np.float64))
        for w, b in workload.student()]
    return images.astype(np.float64), labels, layers


def softmax(f):
    e = np.exp(f - f.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def jets_pass():
    """All pairs, an image against all others at a time."""
    images, labels, layers = problem()

    def run():
        u = images @ layers[0][0].T + layers[0][1]
        total = 0.0
        for i in range(IMAGES):
            value, first = u[i], u - u[i]
            second = np.zeros_like(first)
            for weight, bias in layers[1:]:
                z = np.tanh(value)
                slope = 1 - z * z
                second = (second - 2 * z * first * first) * slope
                first = first * slope
                value = weight @ z + bias
                first, second = first @ weight.T, second @ weight.T
            p = softmax(value)
            residual = p.copy()
            residual[labels[i]] -= 1
            mean = first @ p
            total += FIRST * (first @ residual).mean()
            total += SECOND / 2 * ((first * first) @ p - mean * mean).mean()
            total += SECOND / 2 * (second @ residual).mean()
        return total / IMAGES

    return run


def factored_pass():
    """Through a factor of the covariance; two hidden layers."""
    images, labels, layers = problem()
    (w1, b1), (w2, b2), (w3, b3) = layers

    def run():
        u = images @ w1.T + b1
        mean = u.mean(axis=0)
        factor = (u - mean) / np.sqrt(IMAGES)
        if len(factor) > factor.shape[1]:
            factor = np.linalg.qr(factor, mode="r")
        z1 = np.tanh(u)
        u2 = z1 @ w2.T + b2
        z2 = np.tanh(u2)
        s1, s2 = 1 - z1 * z1, 1 - z2 * z2
        p = softmax(z2 @ w3.T + b3)
        residual = p.copy()
        residual[np.arange(IMAGES), labels] -= 1
        towards = mean - u
        adjoint = ((s2[:, None, :] * w3) @ w2) * s1[:, None, :]  # [n, K, h1]
        at_mean = np.einsum("ikh,ih->ik", adjoint, towards)
        change = np.concatenate(
            [adjoint @ factor.T, at_mean[:, :, None]], axis=2)
        centred = change - np.einsum("ik,ikr->ir", p, change)[:, None, :]
        variance = np.einsum("ik,ikr->", p, centred * centred)
        slope = (residual * at_mean).sum()
        g2 = residual @ w3
        g1 = (g2 * s2) @ w2
        squares = (factor * factor).sum(axis=0) + towards * towards
        curvature = (g1 * -2 * z1 * s1 * squares).sum()
        for i in range(IMAGES):
            scaled = (w2 * s1[i]).T
            tangents = factor @ scaled
            square = np.einsum("rh,rh->h", tangents, tangents)
            square += (towards[i] @ scaled) ** 2
            curvature += (g2[i] * -2 * z2[i] * s2[i]) @ square
        return (
            FIRST * slope + SECOND / 2 * (variance + curvature)) / IMAGES

    return run


def jax_pass():
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    images, labels, layers = problem()
    images = jnp.asarray(images)
    targets = jnp.asarray(np.eye(workload.CLASSES)[labels])
    layers = [(jnp.asarray(w.T.copy()), jnp.asarray(b)) for w, b in layers]

    @jax.jit
    def total(images, targets, layers):
        def logits(x):
            for weight, bias in layers[:-1]:
                x = jnp.tanh(x @ weight + bias)
            weight, bias = layers[-1]
            return x @ weight + bias

        def anchor(x, target):
            residual = jax.nn.softmax(logits(x)) - target
            p = residual + target

            def terms(r):
                def first(a):
                    return jax.jvp(
                        lambda t: logits(x + t * (r - x)), (a,), (1.0,))[1]

                d1, d2 = jax.jvp(first, (0.0,), (1.0,))
                spread = (p * d1 * d1).sum() - (p * d1).sum() ** 2
                return (
                    FIRST * residual @ d1
                    + SECOND / 2 * (spread + residual @ d2))

            return jax.vmap(terms)(images).mean()

        return jax.lax.map(lambda pair: anchor(*pair), (images, targets)).mean()

    return lambda: float(total(images, targets, layers))


def pytorch_pass():
    import torch
    from torch.func import jvp, vmap

    torch.set_num_threads(CHOSEN.threads)
    images, labels, layers = problem()
    images = torch.from_numpy(images)
    layers = [tuple(map(torch.from_numpy, layer)) for layer in layers]
    one = torch.ones((), dtype=torch.float64)
    zero = torch.zeros((), dtype=torch.float64)

    def logits(x):
        for weight, bias in layers[:-1]:
            x = torch.tanh(torch.nn.functional.linear(x, weight, bias))
        return torch.nn.functional.linear(x, *layers[-1])

    def directional(x, delta):
        def first(a):
            return jvp(lambda t: logits(x + t * delta), (a,), (one,))[1]

        return jvp(first, (zero,), (one,))

    batched = vmap(directional, in_dims=(None, 0))

    @torch.no_grad()
    def run():
        total = 0.0
        for i in range(IMAGES):
            x = images[i]
            p = torch.softmax(logits(x), 0)
            residual = p.clone()
            residual[labels[i]] -= 1
            d1, d2 = batched(x, images - x)
            spread = (d1 * d1) @ p - (d1 @ p) ** 2
            total += (
                FIRST * d1 @ residual
                + SECOND / 2 * (spread + d2 @ residual)).mean()
        return float(total) / IMAGES

    return run


def main():
    threadpoolctl.threadpool_limits(CHOSEN.threads)
    passes = {"jax": jax_pass, "pytorch": pytorch_pass}
    make = passes.get(
        CHOSEN.library, factored_pass if CHOSEN.factored else jets_pass)
    workload.serve(make())


if __name__ == "__main__":
    main()

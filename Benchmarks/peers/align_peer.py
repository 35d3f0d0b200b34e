"""α of MixupE's Eq. (6) for 10 classes x 10,000 images, ReLU.

`--form jacobian` forms all gradients of the logits, by `vmap(jacrev(f))` in
PyTorch and JAX and layer by layer in NumPy; `--form layers` does the latter in
PyTorch. `--form factored` does what mixlab does: the logits' gradients are
taken back to the first layer alone, their norms come through a triangular
factor of W₁W₁ᵀ, and J(x̄ − x) is one forward product. `--tuned` gives PyTorch
MKL's AVX-512 kernels on AMD.

`--verify` times nothing: it compares all forms and libraries with each other
and, given `--mixlab PATH`, with `mixlab align` on the same arrays.
"""

import argparse
import os

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument(
    "--workload", default="alignment",
    choices=("alignment", "alignment-double"))
parser.add_argument("--threads", default=1, type=int)
parser.add_argument(
    "--library", default="numpy", choices=("numpy", "jax", "pytorch"))
parser.add_argument(
    "--form", default="factored", choices=("factored", "jacobian", "layers"))
parser.add_argument("--block", type=int, help="images at a time")
parser.add_argument("--tuned", action="store_true")
parser.add_argument("--verify", action="store_true")
parser.add_argument("--mixlab", help="the command to verify too")
CHOSEN = parser.parse_args()
if CHOSEN.tuned:
    from mkl import use_avx512_kernels_of_mkl

    use_avx512_kernels_of_mkl()
# Read when JAX is loaded.
os.environ["NPROC"] = str(CHOSEN.threads)
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np  # noqa: E402
import threadpoolctl  # noqa: E402

import workload  # noqa: E402

IMAGES = 10_000
VERIFIED_IMAGES = 100
# README.md has the figures for others.
BLOCKS = {
    ("numpy", "factored"): 200, ("pytorch", "factored"): 100,
    ("jax", "factored"): 100, ("pytorch", "jacobian"): 500,
    ("pytorch", "layers"): 100, ("numpy", "jacobian"): 100,
    ("jax", "jacobian"): 100}


def problem(dtype, count):
    images, labels = workload.images_and_labels(count)
    layers = [
        (w.astype(dtype), b.astype(dtype)) for w, b in workload.student()]
    images = images.astype(dtype)
    return images, labels, layers, images.mean(axis=0)


def blocks(count, size):
    return [slice(k, min(k + size, count)) for k in range(0, count, size)]


def numpy_forms(images, labels, layers, mean, size, form):
    (w1, b1), (w2, b2), (w3, b3) = layers
    targets = np.eye(workload.CLASSES, dtype=images.dtype)[labels]

    def run():
        if form == "factored":
            factor = np.linalg.cholesky(w1 @ w1.T)
            offset = w1 @ mean + b1
        parts = []
        for rows in blocks(len(images), size):
            x = images[rows]
            towards = mean - x
            if form == "factored":
                t1 = towards @ w1.T
                u1 = offset - t1
            else:
                u1 = x @ w1.T + b1
            on1 = u1 > 0
            u2 = (u1 * on1) @ w2.T + b2
            on2 = u2 > 0
            f = (u2 * on2) @ w3.T + b3
            p = np.exp(f - f.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            back = (on2[:, None, :] * w3).reshape(-1, w3.shape[1]) @ w2
            back = back.reshape(-1, len(w3), w2.shape[1])
            back *= on1[:, None, :]
            back = back.reshape(-1, w2.shape[1])
            image = back @ (factor if form == "factored" else w1)
            if form == "factored":
                change = (((t1 * on1) @ w2.T) * on2) @ w3.T
            else:
                change = (image.reshape(len(x), len(w3), -1)
                          @ towards[:, :, None])[:, :, 0]
            norms = np.sqrt(np.einsum("ij,ij->i", image, image))
            norms = norms.reshape(f.shape)
            distance = np.sqrt(np.einsum("ij,ij->i", towards, towards))
            terms = (p - targets[rows]) * change
            parts.append((
                terms / (norms * distance[:, None]), norms, terms.sum(axis=1)))
        return [np.concatenate(part) for part in zip(*parts)]

    return run


def pytorch_forms(images, labels, layers, mean, size, form):
    import torch
    from torch.func import jacrev, vmap
    from torch.nn import functional

    torch.set_num_threads(CHOSEN.threads)
    images, mean = torch.from_numpy(images), torch.from_numpy(mean)
    layers = [tuple(map(torch.from_numpy, layer)) for layer in layers]
    (w1, b1), (w2, b2), (w3, b3) = layers
    targets = functional.one_hot(
        torch.from_numpy(labels), workload.CLASSES).to(images.dtype)

    def logits(x):
        for weight, bias in layers[:-1]:
            x = torch.relu(functional.linear(x, weight, bias))
        return functional.linear(x, *layers[-1])

    def with_logits(x):
        f = logits(x)
        return f, f

    jacobians = vmap(jacrev(with_logits, has_aux=True))

    def jacobian(x, towards):
        jacobian, f = jacobians(x)
        change = torch.einsum("ikd,id->ik", jacobian, towards)
        return f, change, torch.linalg.vector_norm(jacobian, dim=2)

    def through(u1):
        """The logits, the ReLUs that are on, and the gradients at u1."""
        on1 = (u1 > 0).to(u1.dtype)
        u2 = torch.addmm(b2, u1 * on1, w2.T)
        on2 = (u2 > 0).to(u1.dtype)
        f = torch.addmm(b3, u2 * on2, w3.T)
        back = (on2[:, None, :] * w3).flatten(0, 1) @ w2
        back = back.unflatten(0, (-1, len(w3))).mul_(on1[:, None, :])
        return f, on1, on2, back.flatten(0, 1)

    def factored(towards, factor, offset):
        t1 = towards @ w1.T
        f, on1, on2, back = through(offset - t1)
        change = (((t1 * on1) @ w2.T) * on2) @ w3.T
        norms = torch.linalg.vector_norm(back @ factor, dim=1).view_as(f)
        return f, change, norms

    def by_layers(x, towards):
        f, _, _, back = through(torch.addmm(b1, x, w1.T))
        jacobian = (back @ w1).unflatten(0, (len(x), -1))
        change = torch.bmm(jacobian, towards[:, :, None])[:, :, 0]
        return f, change, torch.linalg.vector_norm(jacobian, dim=2)

    @torch.no_grad()
    def run():
        if form == "factored":
            factor = torch.linalg.cholesky(w1 @ w1.T)
            offset = w1 @ mean + b1
        parts = []
        for rows in blocks(len(images), size):
            x = images[rows]
            towards = mean - x
            f, change, norms = (
                factored(towards, factor, offset) if form == "factored"
                else by_layers(x, towards) if form == "layers"
                else jacobian(x, towards))
            terms = (torch.softmax(f, 1) - targets[rows]) * change
            distance = torch.linalg.vector_norm(towards, dim=1, keepdim=True)
            parts.append((terms / (norms * distance), norms, terms.sum(1)))
        return [torch.cat(part).numpy() for part in zip(*parts)]

    return run


def jax_forms(images, labels, layers, mean, size, form):
    import jax

    if images.dtype == np.float64:
        jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    count = len(images)
    if count % size:
        raise SystemExit(f"blocks of {size} do not divide {count} images")
    targets = np.eye(workload.CLASSES, dtype=images.dtype)[labels]
    arguments = (
        jnp.asarray(images.reshape(count // size, size, -1)),
        jnp.asarray(targets.reshape(count // size, size, -1)),
        jnp.asarray(mean),
        [(jnp.asarray(w), jnp.asarray(b)) for w, b in layers])

    def logits(x, layers):
        for weight, bias in layers[:-1]:
            x = jax.nn.relu(weight @ x + bias)
        return layers[-1][0] @ x + layers[-1][1]

    def with_logits(x, layers):
        f = logits(x, layers)
        return f, f

    def measured(f, y, towards, change, norms):
        distance = jnp.sqrt((towards * towards).sum(axis=1))
        terms = (jax.nn.softmax(f, axis=1) - y) * change
        return terms / (norms * distance[:, None]), norms, terms.sum(axis=1)

    def over_blocks(block, images, targets):
        alpha, norms, q = jax.lax.map(block, (images, targets))
        return (
            alpha.reshape(count, -1), norms.reshape(count, -1),
            q.reshape(count))

    @jax.jit
    def jacobian(images, targets, mean, layers):
        jacobians = jax.vmap(
            jax.jacrev(with_logits, has_aux=True), in_axes=(0, None))

        def block(part):
            x, y = part
            towards = mean - x
            jacobian, f = jacobians(x, layers)
            change = jnp.einsum("ikd,id->ik", jacobian, towards)
            norms = jnp.sqrt((jacobian * jacobian).sum(axis=2))
            return measured(f, y, towards, change, norms)

        return over_blocks(block, images, targets)

    @jax.jit
    def factored(images, targets, mean, layers):
        (w1, b1), (w2, b2), (w3, b3) = layers
        factor = jnp.linalg.cholesky(w1 @ w1.T)
        offset = w1 @ mean + b1

        def block(part):
            x, y = part
            towards = mean - x
            t1 = towards @ w1.T
            u1 = offset - t1
            on1 = (u1 > 0).astype(u1.dtype)
            u2 = (u1 * on1) @ w2.T + b2
            on2 = (u2 > 0).astype(u1.dtype)
            f = (u2 * on2) @ w3.T + b3
            change = (((t1 * on1) @ w2.T) * on2) @ w3.T
            back = (on2[:, None, :] * w3).reshape(-1, w3.shape[1]) @ w2
            back = back.reshape(size, len(w3), -1) * on1[:, None, :]
            image = back.reshape(-1, w2.shape[1]) @ factor
            norms = jnp.sqrt((image * image).sum(axis=1)).reshape(f.shape)
            return measured(f, y, towards, change, norms)

        return over_blocks(block, images, targets)

    total = factored if form == "factored" else jacobian
    return lambda: [np.asarray(part) for part in total(*arguments)]


def make(library, form, dtype, count, size):
    given = problem(dtype, count)
    forms = {"numpy": numpy_forms, "jax": jax_forms, "pytorch": pytorch_forms}
    return forms[library](*given, size, form)


def mixlab_align(command):
    """What `mixlab align` writes for the same arrays."""
    import subprocess
    import tempfile

    images, labels, layers, mean = problem(np.float64, VERIFIED_IMAGES)
    with tempfile.TemporaryDirectory() as folder:
        def path(name):
            return os.path.join(folder, name)

        np.save(path("images.npy"), images)
        np.save(path("labels.npy"), labels)
        np.save(path("mean.npy"), mean)
        np.savez(path("network.npz"), **{
            f"{k}.{part}": array
            for k, layer in enumerate(layers)
            for part, array in zip(("weight", "bias"), layer)})
        subprocess.run(
            [command, "align", "--network", path("network.npz"), "--images",
             path("images.npy"), "--labels", path("labels.npy"), "--mean",
             path("mean.npy"), "--output", path("out")], check=True)
        return [
            np.load(path(f"out/{name}.npy"))
            for name in ("alpha", "gradient-norms", "q")]


def decided(eps):
    """Images none of whose ReLUs is open to rounding."""
    images, _, layers, _ = problem(np.float64, VERIFIED_IMAGES)
    kept = np.ones(len(images), bool)
    for weight, bias in layers[:-1]:
        images = images @ weight.T + bias
        kept &= abs(images).min(axis=1) > 100 * eps * abs(images).max()
        images = np.maximum(images, 0)
    return kept


def verify():
    """Every form against the Jacobian in float64, relative to the largest."""
    count = VERIFIED_IMAGES
    truth = make("pytorch", "jacobian", np.float64, count, count)()
    found = {}
    for dtype in (np.float32, np.float64):
        for library, form in BLOCKS:
            name = f"{library}, {form}, {np.dtype(dtype).name}"
            found[name] = make(library, form, dtype, count, 50)()
    if CHOSEN.mixlab:
        found["mixlab align, float64"] = mixlab_align(CHOSEN.mixlab)
    for name, parts in found.items():
        eps = np.finfo(np.float32 if "float32" in name else np.float64).eps
        kept = decided(eps)
        errors = [
            abs(part - true)[kept].max() / abs(true).max()
            for part, true in zip(parts, truth)]
        print(
            f"{name}, {kept.sum()} images: α, norms, q",
            *(f"{error:.1e}" for error in errors))
        # Sums of 784 terms.
        if not max(errors) < 784 * eps:
            raise SystemExit(f"{name}: beyond {784 * eps:.1e}")


def main():
    if CHOSEN.verify:
        return verify()
    threadpoolctl.threadpool_limits(CHOSEN.threads)
    dtype = np.float32 if CHOSEN.workload == "alignment" else np.float64
    size = CHOSEN.block or BLOCKS[CHOSEN.library, CHOSEN.form]
    run = make(CHOSEN.library, CHOSEN.form, dtype, IMAGES, size)
    workload.serve(lambda: float(abs(run()[0]).mean(dtype=np.float64)))


if __name__ == "__main__":
    main()

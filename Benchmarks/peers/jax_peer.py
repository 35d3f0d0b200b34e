"""The workloads in JAX: one compiled call an epoch, a scan over its batches.

README.md says what else was tried.
"""

import os

import workload

CHOSEN = workload.options(__doc__)
# The only way to bound XLA's thread pool on a CPU; read when JAX is loaded.
os.environ["NPROC"] = str(CHOSEN.threads)
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

# Rows of a block of mixed pairs. README.md has the figures for others.
VALUATION_BLOCK = 500


def device_layers(layers):
    """Weights as [in, out]: `x @ w` without a transpose."""
    return [(jnp.asarray(w.T.copy()), jnp.asarray(b)) for w, b in layers]


def logits(layers, images):
    for weight, bias in layers[:-1]:
        images = jax.nn.relu(images @ weight + bias)
    weight, bias = layers[-1]
    return images @ weight + bias


def losses(layers, images, targets):
    """Cross-entropies [n] against soft labels [n, 10]."""
    return -jnp.sum(
        targets * jax.nn.log_softmax(logits(layers, images)), axis=1)


def mix(images, targets, first, second, weight):
    """x = λ x_i + (1 - λ) x_j, and the labels likewise."""
    def mixed(rows):
        return weight * rows[first] + (1 - weight) * rows[second]
    return mixed(images), mixed(targets)


def mixup_loss(layers, images, targets, _):
    loss = losses(layers, images, targets)
    return loss.mean(), loss.sum()


def guided_loss(layers, images, targets, teacher_loss):
    """The mean over the samples with r̂ <= 0, and their number."""
    loss = losses(layers, images, targets)
    kept = jax.lax.stop_gradient(teacher_loss <= loss)
    count = kept.sum()
    return jnp.where(kept, loss, 0).sum() / jnp.maximum(count, 1), count


def sgd(layers, velocity, gradient):
    velocity = jax.tree.map(
        lambda v, g, p:
            workload.MOMENTUM * v + (g + workload.WEIGHT_DECAY * p),
        velocity, gradient, layers)
    layers = jax.tree.map(
        lambda p, v: p - workload.LEARNING_RATE * v, layers, velocity)
    return layers, velocity


def training_pass(images, labels, teacher=None):
    images = jnp.asarray(images)
    targets = jnp.asarray(workload.one_hot(labels))
    initial = device_layers(workload.student())
    batch = workload.BATCH
    whole, rest = divmod(len(images), batch)

    def step(state, batch, images, targets, teacher):
        layers, velocity = state
        mixed, mixed_targets = mix(images, targets, *batch)
        if teacher is None:
            loss, teacher_loss = mixup_loss, None
        else:
            loss = guided_loss
            teacher_loss = losses(teacher, mixed, mixed_targets)
        gradient, total = jax.grad(loss, has_aux=True)(
            layers, mixed, mixed_targets, teacher_loss)
        return sgd(layers, velocity, gradient), total

    def epoch(state, draws, images, targets, teacher):
        """All whole batches in a scan, then the smaller last one."""
        front = jax.tree.map(
            lambda a: a[:whole * batch].reshape(whole, batch, *a.shape[1:]),
            draws)
        state, totals = jax.lax.scan(
            lambda s, b: step(s, b, images, targets, teacher), state, front)
        total = totals.sum()
        if rest:
            last = jax.tree.map(lambda a: a[whole * batch:], draws)
            state, last_total = step(state, last, images, targets, teacher)
            total += last_total
        return state, total

    epoch = jax.jit(epoch, donate_argnums=0)
    if teacher is not None:
        teacher = device_layers(teacher)
    random = np.random.default_rng(5)

    def run_pass():
        # NumPy draws: jax.random took 10 ms an epoch more.
        first = random.permutation(len(images)).astype(np.int32)
        second = first.copy()
        for start in range(0, len(second), batch):
            random.shuffle(second[start:start + batch])
        # Beta(1, 1) is the uniform law.
        weight = random.random((len(images), 1), dtype=np.float32)
        state = (
            jax.tree.map(jnp.copy, initial),
            jax.tree.map(jnp.zeros_like, initial))
        state, total = epoch(
            state, (first, second, weight), images, targets, teacher)
        jax.block_until_ready(state)
        return float(total) / len(images)

    return run_pass


def valuation_pass(images, labels):
    images = jnp.asarray(images)
    targets = jnp.asarray(workload.one_hot(labels))
    before = device_layers(workload.student())
    after = device_layers(workload.teacher())
    index, weight = workload.pairs()
    index = index.astype(np.int32)
    draws = [
        jnp.asarray(column.reshape(-1, VALUATION_BLOCK, *column.shape[1:]))
        for column in (index[:, 0], index[:, 1], weight[:, np.newaxis])]

    @jax.jit
    def values(draws, images, targets, before, after):
        """r̂ = H_after - H_before of every pair."""
        def block(draws):
            mixed = mix(images, targets, *draws)
            return losses(after, *mixed) - losses(before, *mixed)
        return jax.lax.map(block, draws).ravel()

    def run_pass():
        result = values(draws, images, targets, before, after)
        return np.asarray(result).mean(dtype=np.float64)

    return run_pass


def main():
    if CHOSEN.workload == "valuate-pairs":
        data = workload.images_and_labels(workload.VALUED_IMAGES)
        workload.serve(valuation_pass(*data))
    else:
        data = workload.images_and_labels(workload.IMAGES)
        guided = CHOSEN.workload == "guided-epoch"
        workload.serve(training_pass(
            *data, teacher=workload.teacher() if guided else None))


if __name__ == "__main__":
    main()

"""The workloads in NumPy: gradients by hand, buffers allocated once.

An epoch leaves the threads to BLAS. The valuation has threads of its own, each
with its part of the pairs and a BLAS of one thread, so that NumPy's
element-wise loops are shared too. README.md says what else was tried.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import threadpoolctl

import workload

LEARNING_RATE = np.float32(workload.LEARNING_RATE)
MOMENTUM = np.float32(workload.MOMENTUM)
WEIGHT_DECAY = np.float32(workload.WEIGHT_DECAY)

# Rows of a block of mixed pairs. README.md has the figures for others.
VALUATION_BLOCK = 512


def empty(*shape):
    return np.empty(shape, np.float32)


def split(flat):
    """Views of a flat array as layers: weight [in, out], bias [out]."""
    layers, start = [], 0
    sizes = workload.LAYER_SIZES
    for inputs, outputs in zip(sizes, sizes[1:]):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        weight = flat[start:middle].reshape(inputs, outputs)
        layers.append((weight, flat[middle:end]))
        start = end
    return layers


def flattened(layers):
    """Weights [out, in] and biases as one array in the order of `split`."""
    return np.concatenate(
        [part for weight, bias in layers for part in (weight.T.ravel(), bias)])


class MixedRows:
    """Up to `capacity` mixed samples, with room for what is made of them."""

    def __init__(self, capacity):
        self.images = empty(capacity, workload.LAYER_SIZES[0])
        self.partners = np.empty_like(self.images)
        self.targets = empty(capacity, workload.CLASSES)
        self.partner_targets = np.empty_like(self.targets)
        self.activations = [
            empty(capacity, size) for size in workload.LAYER_SIZES[1:]]
        self.errors = [np.empty_like(a) for a in self.activations]
        self.slopes = [np.empty_like(a) for a in self.activations[:-1]]
        self.kept_inputs = [self.partners] + [
            np.empty_like(a) for a in self.activations[:-1]]

    def mix(self, images, targets, first, second, weight):
        """x = λ x_i + (1 - λ) x_j, and the labels likewise."""
        count = len(first)
        for source, mixed, partner in (
            (images, self.images, self.partners),
            (targets, self.targets, self.partner_targets),
        ):
            mixed, partner = mixed[:count], partner[:count]
            # Any mode but the default writes to `out` without a copy.
            np.take(source, first, axis=0, out=mixed, mode="clip")
            np.take(source, second, axis=0, out=partner, mode="clip")
            mixed -= partner
            mixed *= weight
            mixed += partner

    def losses(self, layers, count):
        """Cross-entropies [count]; leaves softmax(logits) in errors[-1]."""
        inputs = self.images[:count]
        for (weight, bias), room in zip(layers, self.activations):
            outputs = room[:count]
            np.matmul(inputs, weight, out=outputs)
            outputs += bias
            if room is not self.activations[-1]:
                np.maximum(outputs, 0, out=outputs)
            inputs = outputs
        logits, softmax = inputs, self.errors[-1][:count]
        logits -= logits.max(axis=1, keepdims=True)
        np.exp(logits, out=softmax)
        total = softmax.sum(axis=1, keepdims=True)
        softmax /= total
        logits -= np.log(total)
        return -np.einsum("ij,ij->i", self.targets[:count], logits)

    def gradient(self, layers, gradient, count):
        """Gradient of the mean loss of the rows last given to `losses`."""
        self.errors[-1][:count] -= self.targets[:count]
        inputs = [self.images, *self.activations[:-1]]
        self.propagate(layers, gradient, inputs, count)

    def kept_gradient(self, layers, gradient, kept):
        """The same of the rows `kept` alone, moved together first."""
        count = len(kept)
        inputs = [self.images, *self.activations[:-1]]
        for source, room in zip(inputs, self.kept_inputs):
            np.take(source, kept, axis=0, out=room[:count], mode="clip")
        self.errors[-1][:count] = (
            self.errors[-1][kept] - self.targets[kept])
        self.propagate(layers, gradient, self.kept_inputs, count)

    def propagate(self, layers, gradient, inputs, count):
        self.errors[-1][:count] *= np.float32(1 / count)
        for k in reversed(range(len(layers))):
            error, incoming = self.errors[k][:count], inputs[k][:count]
            weight_gradient, bias_gradient = gradient[k]
            np.matmul(incoming.T, error, out=weight_gradient)
            error.sum(axis=0, out=bias_gradient)
            if k > 0:
                below = self.errors[k - 1][:count]
                slope = self.slopes[k - 1][:count]
                np.matmul(error, layers[k][0].T, out=below)
                np.sign(incoming, out=slope)
                below *= slope


class Training:
    def __init__(self, images, labels, teacher=None):
        self.images = images
        self.targets = workload.one_hot(labels)
        self.initial = flattened(workload.student())
        self.parameters = self.initial.copy()
        self.layers = split(self.parameters)
        self.teacher = teacher and split(flattened(teacher))
        self.gradient = np.empty_like(self.parameters)
        self.layer_gradients = split(self.gradient)
        self.velocity = np.zeros_like(self.parameters)
        self.scratch = np.empty_like(self.parameters)
        self.rows = MixedRows(workload.BATCH)
        self.random = np.random.default_rng(5)

    def epoch(self):
        """One epoch from the initial weights: mean loss or share kept."""
        self.parameters[:] = self.initial
        self.velocity[:] = 0
        count, random = len(self.images), self.random
        order = random.permutation(count)
        # Beta(1, 1) is the uniform law.
        weights = random.random((count, 1), dtype=np.float32)
        step = self.step if self.teacher is None else self.guided_step
        total = 0.0
        for start in range(0, count, workload.BATCH):
            first = order[start:start + workload.BATCH]
            second = random.permutation(first)
            weight = weights[start:start + workload.BATCH]
            self.rows.mix(self.images, self.targets, first, second, weight)
            total += step(len(first))
        return total / count

    def step(self, count):
        loss = self.rows.losses(self.layers, count).sum()
        self.rows.gradient(self.layers, self.layer_gradients, count)
        self.update()
        return loss

    def guided_step(self, count):
        """The loss is averaged over the samples with r̂ <= 0."""
        taught = self.rows.losses(self.teacher, count)
        learnt = self.rows.losses(self.layers, count)
        kept = np.flatnonzero(taught <= learnt)
        if len(kept) > 0:
            self.rows.kept_gradient(self.layers, self.layer_gradients, kept)
            self.update()
        return len(kept)

    def update(self):
        """SGD with momentum and weight decay."""
        self.velocity *= MOMENTUM
        self.velocity += self.gradient
        np.multiply(self.parameters, WEIGHT_DECAY, out=self.scratch)
        self.velocity += self.scratch
        np.multiply(self.velocity, LEARNING_RATE, out=self.scratch)
        self.parameters -= self.scratch


class Valuation:
    def __init__(self, images, labels, threads):
        self.images = images
        self.targets = workload.one_hot(labels)
        self.before = split(flattened(workload.student()))
        self.after = split(flattened(workload.teacher()))
        index, weight = workload.pairs()
        self.first = np.ascontiguousarray(index[:, 0])
        self.second = np.ascontiguousarray(index[:, 1])
        self.weight = weight[:, np.newaxis]
        bounds = [workload.PAIRS * k // threads for k in range(threads + 1)]
        self.parts = [
            (MixedRows(VALUATION_BLOCK), start, end)
            for start, end in zip(bounds, bounds[1:])]
        self.pool = ThreadPoolExecutor(threads)

    def values(self):
        """r̂ = H_after - H_before of every pair; the mean is returned."""
        values = empty(workload.PAIRS)

        def fill(part):
            rows, first, last = part
            for start in range(first, last, VALUATION_BLOCK):
                block = slice(start, min(start + VALUATION_BLOCK, last))
                count = block.stop - block.start
                rows.mix(
                    self.images, self.targets, self.first[block],
                    self.second[block], self.weight[block])
                np.subtract(
                    rows.losses(self.after, count),
                    rows.losses(self.before, count), out=values[block])

        list(self.pool.map(fill, self.parts))
        return values.mean(dtype=np.float64)


def main():
    chosen = workload.options(__doc__)
    if chosen.workload == "valuate-pairs":
        threadpoolctl.threadpool_limits(1)
        data = workload.images_and_labels(workload.VALUED_IMAGES)
        workload.serve(Valuation(*data, chosen.threads).values)
    else:
        threadpoolctl.threadpool_limits(chosen.threads)
        data = workload.images_and_labels(workload.IMAGES)
        guided = chosen.workload == "guided-epoch"
        teacher = workload.teacher() if guided else None
        workload.serve(Training(*data, teacher).epoch)


if __name__ == "__main__":
    main()

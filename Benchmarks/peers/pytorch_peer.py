"""The workloads in PyTorch, as its users write them.

`--tuned` runs everything that is known to help and that few would write:
gradients by hand into one flat buffer, the backward pass over kept samples
alone, the first layer of the valued images computed once, MKL's AVX-512
kernels on AMD processors. README.md says what else was tried.
"""

import os
import shutil
import sys

import workload
from mkl import use_avx512_kernels_of_mkl

CHOSEN = workload.options(
    __doc__, tuned="hand-written gradients and MKL's AVX-512 kernels")

if CHOSEN.tuned:
    use_avx512_kernels_of_mkl()

import torch  # noqa: E402
import torch._inductor.config  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

# Rows of a block of mixed pairs. README.md has the figures for others.
VALUATION_BLOCK = 1000


def module(layers):
    """The weights of `workload.network` as a module."""
    parts = []
    for weight, bias in layers:
        linear = nn.Linear(*reversed(weight.shape))
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight))
            linear.bias.copy_(torch.from_numpy(bias))
        parts += [linear, nn.ReLU(inplace=True)]
    return nn.Sequential(*parts[:-1])


def frozen(function):
    """`function` compiled, its networks taken as constants.

    Only for networks that do not change, under `no_grad`: their weights are
    then packed for oneDNN. An epoch of training gains nothing by compilation.
    """
    if shutil.which(os.environ.get("CXX", "g++")) is None:
        print("no C++ compiler: nothing is compiled", file=sys.stderr)
        return function
    # Not among the compilation's `options`: the tracer reads it here alone.
    torch._inductor.config.freezing = True
    # With fixed shapes MKL's packed product is taken in place of oneDNN's,
    # which takes AVX2 on AMD processors and so twice the time.
    return torch.compile(function, dynamic=True)


def mix(images, targets, first, second, weight):
    """x = λ x_i + (1 - λ) x_j, and the labels likewise."""
    return (
        torch.lerp(
            images.index_select(0, second), images.index_select(0, first),
            weight),
        torch.lerp(
            targets.index_select(0, second), targets.index_select(0, first),
            weight))


class Training:
    """Epochs with autograd and the fused SGD."""

    def __init__(self, images, labels, teacher):
        self.images = torch.from_numpy(images)
        self.targets = torch.from_numpy(workload.one_hot(labels))
        self.student = module(workload.student())
        self.parameters = list(self.student.parameters())
        self.initial = [p.detach().clone() for p in self.parameters]
        self.teacher = teacher and frozen(
            module(teacher).requires_grad_(False).eval())
        self.optimizer = torch.optim.SGD(
            self.parameters, lr=workload.LEARNING_RATE,
            momentum=workload.MOMENTUM, weight_decay=workload.WEIGHT_DECAY,
            fused=True)

    def restart(self):
        """Initial weights, no momentum."""
        with torch.no_grad():
            torch._foreach_copy_(self.parameters, self.initial)
        self.optimizer.state.clear()

    def epoch(self):
        """One epoch from the initial weights: mean loss or share kept."""
        self.restart()
        count = len(self.images)
        order = torch.randperm(count)
        # Beta(1, 1) is the uniform law.
        weights = torch.rand(count, 1)
        total = torch.zeros(())
        step = self.step if self.teacher is None else self.guided_step
        for first, weight in zip(
            order.split(workload.BATCH), weights.split(workload.BATCH)
        ):
            second = first[torch.randperm(len(first))]
            total += step(*mix(
                self.images, self.targets, first, second, weight))
        return total.item() / count

    def step(self, images, targets):
        loss = functional.cross_entropy(self.student(images), targets)
        self.descend(loss)
        return loss.detach() * len(images)

    def guided_step(self, images, targets):
        """The loss is averaged over the samples with r̂ <= 0."""
        with torch.no_grad():
            taught = functional.cross_entropy(
                self.teacher(images), targets, reduction="none")
        losses = functional.cross_entropy(
            self.student(images), targets, reduction="none")
        kept = taught <= losses.detach()
        count = kept.sum()
        self.descend((losses * kept).sum() / count.clamp(min=1))
        return count

    def descend(self, loss):
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()


class FlatLayers:
    """Weights and biases as views of one flat tensor."""

    def __init__(self, layers):
        self.flat = torch.cat(
            [torch.from_numpy(part).flatten()
             for layer in layers for part in layer])
        self.layers = self.split(self.flat)

    @staticmethod
    def split(flat):
        """Views [(weight [out, in], bias [out])] of a flat tensor."""
        sizes = list(zip(workload.LAYER_SIZES, workload.LAYER_SIZES[1:]))
        lengths = [n for a, b in sizes for n in (a * b, b)]
        parts = flat.split(lengths)
        return [
            (weight.view(b, a), bias)
            for (a, b), weight, bias in zip(sizes, parts[::2], parts[1::2])]

    def activations(self, inputs):
        """The inputs of every layer, and the logits."""
        found = [inputs]
        for weight, bias in self.layers[:-1]:
            found.append(torch.addmm(bias, found[-1], weight.t()).relu_())
        weight, bias = self.layers[-1]
        found.append(torch.addmm(bias, found[-1], weight.t()))
        return found


def losses_of(logits, targets):
    """Cross-entropies [n], and log softmax."""
    logarithm = torch.log_softmax(logits, 1)
    return -(targets * logarithm).sum(1), logarithm


class TunedTraining(Training):
    """Epochs with gradients by hand."""

    def __init__(self, images, labels, teacher):
        self.images = torch.from_numpy(images)
        self.targets = torch.from_numpy(workload.one_hot(labels))
        self.student = FlatLayers(workload.student())
        self.initial = self.student.flat.clone()
        self.gradient = torch.zeros_like(self.initial)
        self.layer_gradients = FlatLayers.split(self.gradient)
        self.velocity = torch.zeros_like(self.initial)
        self.teacher = teacher and FlatLayers(teacher)

    def restart(self):
        self.student.flat.copy_(self.initial)
        self.velocity.zero_()

    @torch.inference_mode()
    def epoch(self):
        return super().epoch()

    def step(self, images, targets):
        *inputs, logits = self.student.activations(images)
        losses, logarithm = losses_of(logits, targets)
        self.descend(inputs, logarithm.exp_().sub_(targets))
        return losses.sum()

    def guided_step(self, images, targets):
        taught, _ = losses_of(self.teacher.activations(images)[-1], targets)
        *inputs, logits = self.student.activations(images)
        losses, logarithm = losses_of(logits, targets)
        kept = (taught <= losses).nonzero().squeeze(1)
        if len(kept) > 0:
            error = logarithm.exp_().sub_(targets)
            self.descend(
                [i.index_select(0, kept) for i in inputs],
                error.index_select(0, kept))
        return len(kept)

    def descend(self, inputs, error):
        """A step along the mean of errorᵀ · inputs, layer by layer."""
        error.mul_(1 / len(error))
        layers, gradients = self.student.layers, self.layer_gradients
        for k in reversed(range(len(layers))):
            weight_gradient, bias_gradient = gradients[k]
            torch.mm(error.t(), inputs[k], out=weight_gradient)
            torch.sum(error, 0, out=bias_gradient)
            if k > 0:
                error = torch.ops.aten.threshold_backward(
                    error.mm(layers[k][0]), inputs[k], 0)
        torch._fused_sgd_(
            [self.student.flat], [self.gradient], [self.velocity],
            weight_decay=workload.WEIGHT_DECAY, momentum=workload.MOMENTUM,
            lr=workload.LEARNING_RATE, dampening=0, nesterov=False,
            maximize=False, is_first_step=False)


class Valuation:
    """r̂ of mixed images."""

    def __init__(self, images, labels, pairs):
        self.images = torch.from_numpy(images)
        self.targets = torch.from_numpy(workload.one_hot(labels))
        self.before = module(workload.student()).eval()
        self.after = module(workload.teacher()).eval()
        index, weight = map(torch.from_numpy, pairs)
        first, second = index.t().contiguous()
        self.blocks = list(zip(
            first.split(VALUATION_BLOCK), second.split(VALUATION_BLOCK),
            weight[:, None].split(VALUATION_BLOCK)))
        self.block_values = frozen(self.values_of)

    def values_of(self, first, second, weight):
        """r̂ = H_after - H_before of the pairs of a block."""
        images, targets = mix(
            self.images, self.targets, first, second, weight)
        after, before = (
            functional.cross_entropy(
                network(images), targets, reduction="none")
            for network in (self.after, self.before))
        return after - before

    @torch.no_grad()
    def values(self):
        """r̂ of every pair; the mean is returned."""
        values = torch.cat([self.block_values(*b) for b in self.blocks])
        return values.mean(dtype=torch.float64).item()


class TunedValuation(Valuation):
    """The first layer is linear: it is computed of the images, then mixed.

    W x̃ + b = λ (W x_i + b) + (1 - λ) (W x_j + b).
    """

    def __init__(self, images, labels, pairs):
        super().__init__(images, labels, pairs)
        self.networks = (self.after, self.before)

    def values_of(self, first, second, weight, *firsts):
        after, before = (
            functional.cross_entropy(
                network[1:](mixed), targets, reduction="none")
            for network, (mixed, targets) in (
                (network, mix(sums, self.targets, first, second, weight))
                for network, sums in zip(self.networks, firsts)))
        return after - before

    @torch.no_grad()
    def values(self):
        firsts = [network[0](self.images) for network in self.networks]
        values = torch.cat(
            [self.block_values(*b, *firsts) for b in self.blocks])
        return values.mean(dtype=torch.float64).item()


def main():
    torch.set_num_threads(CHOSEN.threads)
    torch.manual_seed(5)
    if CHOSEN.workload in ("valuate-pairs", "valuate-all-pairs"):
        few = CHOSEN.workload == "valuate-pairs"
        data = workload.images_and_labels(
            workload.VALUED_IMAGES if few else workload.PAIRED_IMAGES)
        pairs = workload.pairs() if few else workload.all_pairs()
        valuation = TunedValuation if CHOSEN.tuned else Valuation
        workload.serve(valuation(*data, pairs).values)
    else:
        data = workload.images_and_labels(workload.IMAGES)
        guided = CHOSEN.workload == "guided-epoch"
        training = TunedTraining if CHOSEN.tuned else Training
        workload.serve(
            training(*data, workload.teacher() if guided else None).epoch)


if __name__ == "__main__":
    main()

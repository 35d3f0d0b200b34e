#!/usr/bin/env python3
"""Trains the network of PyTorchParityTests with PyTorch.

    python3 Scripts/parity-pytorch.py

prints the numbers that Tests/ImageTrainTests/PyTorchParityTests.swift holds as
literals; recorded with PyTorch 2.15, Python 3.11 and glibc 2.36 in float64. The
tests do not run it.

Nothing is exchanged with the Swift side but the recipe: the random streams
(Philox4x32-10; Salmon et al. 2011) and the laws drawn from them are written
down a second time here, and mixed images are formed, which mixlab never does.
"""

import math

import torch

MASK = (1 << 64) - 1
SEED = 11
SIZES = [12, 8, 5]
SAMPLES, BATCH, EPOCHS = 40, 16, 3
RATE, MOMENTUM, DECAY = 0.1, 0.9, 0.01
# A step owns nine streams of each kind: its batch, and eight refills.
STREAMS_PER_STEP = 9


class Stream:
    """RandomStream of the room Randomness, stream version 1."""

    def __init__(self, name, index=0, root=SEED):
        word = self.mix((root + 0x9E3779B97F4A7C15) & MASK)
        key = self.mix(word ^ self.fnv1a(name.encode()))
        self.key = (key & 0xFFFFFFFF, key >> 32)
        self.index, self.block, self.spare = index, 0, None

    @staticmethod
    def mix(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    @staticmethod
    def fnv1a(data):
        value = 0xCBF29CE484222325
        for byte in data:
            value = ((value ^ byte) * 0x100000001B3) & MASK
        return value

    def next(self):
        if self.spare is not None:
            word, self.spare = self.spare, None
            return word
        low = 0xFFFFFFFF
        c = [self.block & low, self.block >> 32,
             self.index & low, self.index >> 32]
        k0, k1 = self.key
        for _ in range(10):
            first, second = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = [(second >> 32) ^ c[1] ^ k0, second & low,
                 (first >> 32) ^ c[3] ^ k1, first & low]
            k0, k1 = (k0 + 0x9E3779B9) & low, (k1 + 0xBB67AE85) & low
        self.block += 1
        self.spare = c[3] << 32 | c[2]
        return c[1] << 32 | c[0]

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def between(self, lower, upper):
        weight = self.uniform()
        return min(max((1 - weight) * lower + weight * upper, lower), upper)

    def below(self, bound):
        product = self.next() * bound
        while product & MASK < (1 << 64) % bound:
            product = self.next() * bound
        return product >> 64

    def permutation(self, count):
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order

    def beta_of_one(self):
        """Beta(1, 1) is the uniform law."""
        return self.uniform()


def data():
    pixels, labels = Stream("pixels"), Stream("labels")
    return (
        torch.tensor([[pixels.between(-1, 1) for _ in range(SIZES[0])]
                      for _ in range(SAMPLES)]),
        torch.tensor([labels.below(SIZES[-1]) for _ in range(SAMPLES)]))


def network():
    model = torch.nn.Sequential(
        torch.nn.Linear(SIZES[0], SIZES[1]), torch.nn.ReLU(),
        torch.nn.Linear(SIZES[1], SIZES[2]))
    stream = Stream("student/initial-weights")
    with torch.no_grad():
        for layer in (model[0], model[2]):
            bound = 1 / math.sqrt(layer.in_features)
            for tensor in (layer.weight, layer.bias):
                for k in range(tensor.numel()):
                    tensor.view(-1)[k] = stream.between(-bound, bound)
    return model


def train(nesterov):
    images, labels = data()
    model = network()
    optimizer = torch.optim.SGD(
        model.parameters(), lr=RATE, momentum=MOMENTUM, nesterov=nesterov,
        weight_decay=DECAY)
    cross_entropy = torch.nn.CrossEntropyLoss(reduction="none")
    step, losses = 0, []
    for epoch in range(EPOCHS):
        order = Stream("student/batch-order", epoch).permutation(SAMPLES)
        total = 0.0
        for start in range(0, SAMPLES, BATCH):
            batch = order[start:start + BATCH]
            index = step * STREAMS_PER_STEP
            pairs = Stream("student/pairing", index).permutation(len(batch))
            lambdas = Stream("student/mixing-weight", index)
            weights = torch.tensor([lambdas.beta_of_one() for _ in batch])
            first = torch.tensor(batch)
            second = torch.tensor([batch[k] for k in pairs])
            mixed = (weights[:, None] * images[first]
                     + (1 - weights)[:, None] * images[second])
            logits = model(mixed)
            loss = (weights * cross_entropy(logits, labels[first])
                    + (1 - weights) * cross_entropy(logits, labels[second])
                    ).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
            step += 1
        losses.append(total / SAMPLES)
    return losses, torch.cat([p.detach().view(-1) for p in model.parameters()])


def main():
    torch.set_default_dtype(torch.float64)
    for nesterov in (False, True):
        losses, parameters = train(nesterov)
        print(f"nesterov: {str(nesterov).lower()}")
        print("  losses:", ", ".join(map(repr, losses)))
        print("  every 12th parameter:",
              ", ".join(map(repr, parameters[::12].tolist())))
        print("  sum:", repr(parameters.sum().item()))
        print("  sum of squares:", repr((parameters**2).sum().item()))


if __name__ == "__main__":
    main()

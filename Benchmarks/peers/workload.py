"""What the peers share: the sizes, the data, the weights, the protocol.

A network is a list of (weight, bias) with weight of shape [out, in]. Images
are [count, 784] float32 in [0, 1]. Everything here happens before `ready`.
"""

import argparse
import sys
import time

import numpy as np

WORKLOADS = (
    "mixup-epoch", "guided-epoch", "valuate-pairs", "valuate-all-pairs")

LAYER_SIZES = (784, 300, 100, 10)
CLASSES = 10
BATCH = 128
IMAGES = 12_000  # 93 batches of 128 and one of 96
LEARNING_RATE = 0.02
MOMENTUM = 0.9
WEIGHT_DECAY = 1e-4

VALUED_IMAGES = 2_000
PAIRS = 100_000

# All ordered pairs of these, at one mixing weight.
PAIRED_IMAGES = 1_000
PAIRED_WEIGHT = 0.3

STUDENT_SEED = 1
TEACHER_SEED = 2


def options(description, **flags):
    """The command line that every worker understands."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--workload", required=True, choices=WORKLOADS)
    parser.add_argument("--threads", required=True, type=int)
    for flag, text in flags.items():
        parser.add_argument(
            f"--{flag.replace('_', '-')}", action="store_true", help=text)
    chosen = parser.parse_args()
    if chosen.threads < 1:
        parser.error("--threads must be at least 1")
    return chosen


def images_and_labels(count):
    """`count` random images [count, 784] float32 and labels [count] int64."""
    random = np.random.default_rng(0)
    images = random.random((count, LAYER_SIZES[0]), dtype=np.float32)
    return images, random.integers(CLASSES, size=count)


def one_hot(labels):
    """Labels [n] as rows [n, 10] of float32."""
    return np.eye(CLASSES, dtype=np.float32)[labels]


def network(seed, output_scale=1.0):
    """He-normal weights, zero biases."""
    random = np.random.default_rng(seed)
    layers = []
    for inputs, outputs in zip(LAYER_SIZES, LAYER_SIZES[1:]):
        weight = random.standard_normal((outputs, inputs), dtype=np.float32)
        weight *= np.float32(np.sqrt(2 / inputs))
        layers.append((weight, np.zeros(outputs, np.float32)))
    layers[-1][0][:] *= np.float32(output_scale)
    return layers


def student():
    return network(STUDENT_SEED)


def teacher():
    """A teacher with small logits, whose loss is close to ln 10.

    A student that starts at random falls to that level within an epoch, so
    the filter r̂ <= 0 neither keeps nor drops nearly everything.
    """
    return network(TEACHER_SEED, output_scale=0.1)


def pairs():
    """Index pairs [PAIRS, 2] and mixing weights [PAIRS] for the valuation."""
    random = np.random.default_rng(3)
    index = random.integers(VALUED_IMAGES, size=(PAIRS, 2))
    return index, random.random(PAIRS, dtype=np.float32)


def all_pairs():
    """Index pairs [n², 2] and mixing weights [n²], all of them equal."""
    index = np.indices((PAIRED_IMAGES, PAIRED_IMAGES)).reshape(2, -1).T
    return index, np.full(len(index), PAIRED_WEIGHT, np.float32)


def serve(run_pass, warm_up_passes=2, share=1.0):
    """Warms up, says `ready`, then times one pass for each `go` on stdin.

    `run_pass` does the workload once and returns a number that shows what
    was computed: mean loss, share kept or mean r̂. The answer to `go` is a
    line with the seconds and that number. Where a pass would take minutes,
    `run_pass` may do a `share` of it: the seconds are divided by that.
    """
    for _ in range(warm_up_passes):
        run_pass()
    print("ready", flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == "quit":
            break
        if command != "go":
            sys.exit(f"expected go or quit, found {command!r}")
        start = time.monotonic()
        check = run_pass()
        seconds = (time.monotonic() - start) / share
        print(f"{seconds:.9f} {check:.6f}", flush=True)

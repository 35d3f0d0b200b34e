#!/usr/bin/env python3
"""Makes the digits that ImageData ships with.

Writes digits-images-idx3-ubyte.gz and digits-labels-idx1-ubyte.gz, the 1,797
handwritten digits of 8 x 8 pixels that scikit-learn bundles (from the UCI
machine learning repository, CC BY 4.0), in scikit-learn's order and in the IDX
format. Pixels are integers from 0 to 16.

The gzip header carries neither a time nor a name, so that the same zlib gives
the same bytes.

Usage: convert-digits.py FOLDER        (needs numpy and scikit-learn)
"""

import pathlib
import struct
import sys
import zlib

import numpy
from sklearn.datasets import load_digits


def idx(array):
    """The array of unsigned bytes as an IDX file."""
    header = struct.pack(">HBB", 0, 0x08, array.ndim)
    header += struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype("u1").tobytes()


def gzip(data):
    """The data as a gzip file without time stamp, file name or system."""
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    return header + body + struct.pack("<II", zlib.crc32(data), len(data))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    digits = load_digits()
    images, labels = digits.images, digits.target
    assert images.shape == (1797, 8, 8) and labels.shape == (1797,)
    assert (images == numpy.rint(images)).all()
    assert images.min() == 0 and images.max() == 16
    files = {
        "digits-images-idx3-ubyte.gz": images,
        "digits-labels-idx1-ubyte.gz": labels,
    }
    for name, array in files.items():
        (folder / name).write_bytes(gzip(idx(array)))


if __name__ == "__main__":
    main()

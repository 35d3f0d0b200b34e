import ArrayFiles
import Foundation
import Testing

/// Runs Python scripts, where there is a Python with NumPy.
private enum NumPy {
  static let isPresent = (try? run("import numpy", in: "/")) == 0

  /// The exit status of a script that runs in a folder.
  static func run(_ script: String, in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-W", "ignore", "-c", script]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

@Suite("NumPy and mixlab read each other", .enabled(if: NumPy.isPresent))
struct NumPyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func python(_ script: String) throws {
    try #require(try NumPy.run(script, in: folder.path) == 0)
  }

  @Test("NumPy reads what is written; its own file has the same bytes")
  func numPyReads() throws {
    try NPY.write(
      shape: [2, 3, 2], values: (0..<12).map { 1 / Double($0 + 1) },
      to: folder.file("a.npy"))
    try NPY.write(
      shape: [3], values: [0.1, 1, -.infinity] as [Float],
      to: folder.file("f.npy"))
    try NPY.write(shape: [], values: [Int.min], to: folder.file("i.npy"))
    try NPY.write(shape: [0, 4], values: [Double](), to: folder.file("e.npy"))
    try NPZ.write(
      [
        NPZ.NamedArray("0.weight", NPZTests.weight),
        NPZ.NamedArray("0.bias", NPZTests.bias),
      ], to: folder.file("n.npz"))
    try python(
      """
      import numpy as np, zipfile
      want = {
        "a": (1 / np.arange(1., 13)).reshape(2, 3, 2),
        "f": np.array([.1, 1, -np.inf], dtype="<f4"),
        "i": np.array(-2**63, dtype="<i8"),
        "e": np.zeros((0, 4)),
      }
      for name, array in want.items():
        got = np.load(name + ".npy")
        assert got.dtype == array.dtype and got.shape == array.shape, name
        assert (got == array).all(), name
        np.save(name + "2.npy", array)
        if int(np.__version__.split(".")[0]) >= 2:
          assert open(name + ".npy", "rb").read() \\
            == open(name + "2.npy", "rb").read(), name
      assert zipfile.ZipFile("n.npz").testzip() is None
      n = np.load("n.npz")
      assert n.files == ["0.weight", "0.bias"], n.files
      assert (n["0.weight"] == [[1.5, -2], [3, 4]]).all()
      assert (n["0.bias"] == [7, 8]).all() and n["0.bias"].dtype == "<i8"
      """)
  }

  @Test("What NumPy writes is read, every type, order and version")
  func readsNumPy() throws {
    try python(
      """
      import numpy as np
      a = (np.arange(24) * 5 % 97).reshape(2, 3, 4)
      for t in "f4 f8 i1 i2 i4 i8 u1 u2 u4".split():
        for order in "CF":
          for v in 1, 2, 3:
            with open(f"{t}{order}{v}.npy", "wb") as f:
              np.lib.format.write_array(
                f, np.array(a, dtype="<" + t, order=order), version=(v, 0))
      """)
    let expected = ShapedArray(
      shape: [2, 3, 4], values: (0..<24).map { Double($0 * 5 % 97) })
    let names = try folder.names()
    #expect(names.count == 9 * 2 * 3)
    for name in names {
      #expect(try NPY.readNumbers(folder.file(name)) == expected, "\(name)")
    }
  }

  @Test("Archives: deflated, streamed, of 65536 entries with zip64 directory")
  func archives() throws {
    try python(
      """
      import io, numpy as np, zipfile
      a = np.random.default_rng(0).normal(size=(300, 200))
      np.savez_compressed("c.npz", a=a, z=np.zeros((1000, 1000)))
      np.save("a.npy", a)

      class Pipe(io.RawIOBase):
        def __init__(self, f): self.f = f
        def writable(self): return True
        def write(self, b): return self.f.write(b)
      with open("s.npz", "wb") as f, zipfile.ZipFile(Pipe(f), "w") as z:
        z.write("a.npy")

      b = io.BytesIO(); np.save(b, np.float32(3)); b = b.getvalue()
      with zipfile.ZipFile("many.npz", "w") as z:
        for k in range(65536):
          z.writestr(f"{k}.npy", b)
      """)
    let expected = try NPY.readNumbers(folder.file("a.npy"))
    let deflated = try NPZ(path: folder.file("c.npz"))
    #expect(try deflated.numbers("a") == expected)
    let zeros = try deflated.numbers("z")
    #expect(zeros.shape == [1000, 1000] && zeros.values.allSatisfy { $0 == 0 })
    #expect(
      try NPZ(path: folder.file("s.npz")).numbers("a") == expected)
    let many = try NPZ(path: folder.file("many.npz"))
    #expect(many.names.count == 65_536)
    #expect(try many.numbers("65535").values == [3])
  }

  @Test(
    "Hostile archives are refused",
    arguments: [
      ("duplicate.npz", "every name once"), ("text.npz", "entries that end"),
      ("bomb.npz", "bytes for the shape [1]"),
      ("object.npz", "numbers, one of"),
      ("lzma.npz", "stored or deflated"), ("nan.npz", "finite numbers"),
      ("encrypted.npz", "no encryption"),
    ])
  func hostileArchives(name: String, expected: String) throws {
    try python(
      """
      import io, numpy as np, zipfile
      def npy(array):
        b = io.BytesIO(); np.save(b, array); return b.getvalue()
      def archive(name, *entries, method=zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(name, "w", method) as z:
          for entry in entries: z.writestr(*entry)
      one = npy(np.ones(1))
      archive("duplicate.npz", ("a.npy", one), ("a.npy", one))
      archive("text.npz", ("a.txt", "hello"))
      archive("bomb.npz", ("a.npy", one + bytes(1 << 24)))
      archive("object.npz", ("a.npy", npy(np.array([None]))))
      archive("lzma.npz", ("a.npy", one), method=zipfile.ZIP_LZMA)
      archive("nan.npz", ("a.npy", npy(np.array([np.nan]))))
      archive("encrypted.npz", ("a.npy", one))
      b = bytearray(open("encrypted.npz", "rb").read())
      b[6] |= 1; b[b.index(b"PK\\1\\2") + 8] |= 1
      open("encrypted.npz", "wb").write(b)
      """)
    let path = folder.file(name)
    let error = failure { () throws(FileError) in
      try NPZ(path: path).numbers("a")
    }
    #expect(error?.exitStatus == .badData)
    #expect(error?.description.contains(expected) == true, "\(error as Any)")
  }
}

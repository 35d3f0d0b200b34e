import ArrayFiles
import Testing

@Suite("An .npy file is read and written as NumPy does")
struct NPYTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Written bytes are those of numpy.save 2.x")
  func writtenBytes() throws {
    try NPY.write(shape: [3], values: [1.5, -2, 4], to: folder.file("a.npy"))
    let dictionary =
      "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"
      + String(repeating: " ", count: 60)
    let expected =
      npyFile(dictionary, data: bytes([1.5, -2, 4]))
    #expect(expected.count == 128 + 24)
    #expect(try folder.bytes("a.npy") == expected)
  }

  @Test(
    "What is written is read again, to the bit",
    arguments: [
      [], [0], [1], [5], [2, 3], [3, 0, 2], [2, 3, 4], [1, 2, 1, 3],
    ])
  func roundTrip(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let path = folder.file("a.npy")

    let numbers = ShapedArray(
      shape: shape,
      values: (0..<count).map { $0 == 1 ? -0.0 : 1 / Double($0 + 1) })
    try NPY.write(numbers, to: path)
    #expect(try NPY.readNumbers(path) == numbers)

    let floats = ShapedArray(
      shape: shape, values: (0..<count).map { 1 / Float($0 + 3) })
    try NPY.write(floats, to: path)
    #expect(try NPY.readFloats(path) == floats)
    #expect(try NPY.readNumbers(path).values == floats.values.map(Double.init))

    let integers = ShapedArray(
      shape: shape, values: (0..<count).map { $0 == 0 ? Int.min : $0 })
    try NPY.write(integers, to: path)
    #expect(try NPY.readIntegers(path) == integers)
  }

  static let stored: [(descriptor: String, data: [UInt8], values: [Double])] = [
    (
      "<f4", bytes([0.5, -.greatestFiniteMagnitude] as [Float]),
      [0.5, -Double(Float.greatestFiniteMagnitude)]
    ),
    ("<f8", bytes([0x1p-1074, 1e300]), [0x1p-1074, 1e300]),
    ("|i1", bytes([-128, 127] as [Int8]), [-128, 127]),
    ("<i1", bytes([-128, 127] as [Int8]), [-128, 127]),
    ("<i2", bytes([.min, .max] as [Int16]), [-32768, 32767]),
    ("<i4", bytes([.min, .max] as [Int32]), [-2_147_483_648, 2_147_483_647]),
    ("<i8", bytes([-1, 1 << 53] as [Int64]), [-1, 0x1p53]),
    ("|u1", bytes([0, 255] as [UInt8]), [0, 255]),
    ("<u2", bytes([0, .max] as [UInt16]), [0, 65535]),
    ("<u4", bytes([0, .max] as [UInt32]), [0, 4_294_967_295]),
  ]

  @Test("Every type, every version", arguments: stored, [1, 2, 3] as [UInt8])
  func types(
    type: (descriptor: String, data: [UInt8], values: [Double]), version: UInt8
  ) throws {
    let path = try folder.file(
      "a.npy",
      holding: npyFile(
        "{'descr': '\(type.descriptor)', 'fortran_order': False, "
          + "'shape': (2,), }",
        version: version, data: type.data))
    #expect(try NPY.readNumbers(path).values == type.values)
    if type.descriptor.contains("f") {
      #expect(
        failure { () throws(FileError) in try NPY.readIntegers(path) }
          != nil)
    } else {
      #expect(try NPY.readIntegers(path).values == type.values.map { Int($0) })
    }
    if type.descriptor != "<f8" {
      #expect(
        try NPY.readFloats(path).values == type.values.map { Float($0) })
    }
  }

  @Test(
    "Fortran order is turned into C order",
    arguments: [
      [6], [2, 3], [3, 2], [2, 3, 4], [4, 1, 3, 2], [0, 3], [],
    ])
  func fortranOrder(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    // The value at index (i, j, …) is its offset in Fortran order.
    let stored = (0..<count).map(Int32.init)
    let list = shape.map { "\($0)," }.joined()
    let path = try folder.file(
      "a.npy",
      holding: npyFile(
        "{'descr': '<i4', 'fortran_order': True, 'shape': (\(list)), }",
        data: bytes(stored)))
    let array = try NPY.readIntegers(path)
    #expect(array.shape == shape)
    for offset in 0..<count {
      var rest = offset
      var index: [Int] = []
      for length in shape.reversed() {
        index.insert(rest % length, at: 0)
        rest /= length
      }
      let expected = zip(shape, index).reversed().reduce(0) {
        $0 * $1.0 + $1.1
      }
      #expect(array.values[offset] == expected)
    }
  }

  @Test(
    "Any spelling of the dictionary that Python reads alike",
    arguments: [
      "{'shape': (2, 1), 'descr': '<f8', 'fortran_order': False}",
      "{\"descr\": \"<f8\",\"fortran_order\":False,\"shape\":(2,1,),}",
      "  { 'descr' : '<f8' , 'fortran_order' : True , 'shape' : ( 2 , 1 ) , }  ",
    ])
  func spellings(dictionary: String) throws {
    let path = try folder.file(
      "a.npy", holding: npyFile(dictionary, data: bytes([3.0, 4])))
    #expect(
      try NPY.readNumbers(path) == ShapedArray(shape: [2, 1], values: [3, 4]))
  }

  @Test("Infinity passes where it is allowed, NaN never")
  func infinity() throws {
    let path = folder.file("a.npy")
    try NPY.write(shape: [2], values: [1, -Double.infinity], to: path)
    #expect(
      try NPY.readNumbers(path, allowing: .infinity).values
        == [1, -.infinity])
    try NPY.write(shape: [2], values: [1, Double.nan], to: path)
    let error = failure { () throws(FileError) in
      try NPY.readNumbers(path, allowing: .infinity)
    }
    #expect(
      error
        == .malformed(
          file: path, expected: "numbers other than NaN", found: "nan at [1]"))
  }
}

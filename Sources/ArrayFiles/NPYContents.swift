/// An `.npy` file whose header is read and whose numbers are not yet.
struct NPYContents {
  private let file: String
  private let header: NPYHeader
  private let data: ArraySlice<UInt8>

  /// Checks a whole file.
  ///
  /// - Parameters:
  ///   - bytes: all of the file.
  ///   - file: its name for errors.
  init(_ bytes: ArraySlice<UInt8>, file: String) throws(FileError) {
    self.file = file
    header = try NPYHeader(bytes, fileSize: bytes.count, file: file)
    data = bytes.dropFirst(header.dataOffset)
  }

  /// The numbers as `Double` or `Float`.
  func numbers<Number: BinaryFloatingPoint & Sendable>(
    shape: [Int?]?, allowing allowed: AllowedNumbers
  ) throws(FileError) -> ShapedArray<Number> {
    try require(shape: shape, bytesPerNumber: MemoryLayout<Number>.stride)
    let values: [Number] =
      switch header.type {
      case .float4: decode(Float.self) { Number($0) }
      case .float8: decode(Double.self) { Number($0) }
      case .int1: decode(Int8.self) { Number($0) }
      case .int2: decode(Int16.self) { Number($0) }
      case .int4: decode(Int32.self) { Number($0) }
      case .int8: decode(Int64.self) { Number($0) }
      case .uint1: decode(UInt8.self) { Number($0) }
      case .uint2: decode(UInt16.self) { Number($0) }
      case .uint4: decode(UInt32.self) { Number($0) }
      }
    let refused = values.firstIndex { value in
      !(value.isFinite || allowed == .infinity && value.isInfinite)
    }
    if let refused {
      throw .malformed(
        file: file,
        expected: allowed == .infinity
          ? "numbers other than NaN" : "finite numbers",
        found: "\(values[refused]) at \(position(of: refused))")
    }
    return ShapedArray(shape: header.shape, values: values)
  }

  /// The numbers of a file that holds integers.
  func integers(shape: [Int?]?) throws(FileError) -> ShapedArray<Int> {
    try require(shape: shape, bytesPerNumber: MemoryLayout<Int>.stride)
    let values: [Int] =
      switch header.type {
      case .int1: decode(Int8.self) { Int($0) }
      case .int2: decode(Int16.self) { Int($0) }
      case .int4: decode(Int32.self) { Int($0) }
      case .int8: decode(Int64.self) { Int($0) }
      case .uint1: decode(UInt8.self) { Int($0) }
      case .uint2: decode(UInt16.self) { Int($0) }
      case .uint4: decode(UInt32.self) { Int($0) }
      case .float4, .float8:
        throw .malformed(
          file: file, expected: "integers (i1 i2 i4 i8 u1 u2 u4)",
          found: header.type.rawValue)
      }
    return ShapedArray(shape: header.shape, values: values)
  }

  private func require(
    shape: [Int?]?, bytesPerNumber: Int
  ) throws(FileError) {
    if let shape {
      let fits =
        shape.count == header.shape.count
        && zip(shape, header.shape).allSatisfy { $0 == nil || $0 == $1 }
      guard fits else {
        let lengths = shape.map { $0.map(String.init) ?? "any" }
        throw .malformed(
          file: file,
          expected: "the shape [\(lengths.joined(separator: ", "))]",
          found: "\(header.shape)")
      }
    }
    let memory = physicalMemory()
    guard header.count <= memory / bytesPerNumber else {
      throw .malformed(
        file: file, expected: "an array that fits into \(memory) bytes",
        found: "\(header.count) numbers of \(bytesPerNumber) bytes")
    }
  }

  /// The index, axis by axis, of the number at `offset` in C order.
  private func position(of offset: Int) -> [Int] {
    var rest = offset
    var index: [Int] = []
    for length in header.shape.reversed() {
      index.append(rest % length)
      rest /= length
    }
    return index.reversed()
  }

  /// The numbers in C order, each converted.
  private func decode<Stored: BitwiseCopyable, Value>(
    _ type: Stored.Type, _ convert: (Stored) -> Value
  ) -> [Value] {
    data.withUnsafeBytes { bytes in
      [Value](unsafeUninitializedCapacity: header.count) { values, count in
        func number(_ position: Int) -> Value {
          let offset = position * MemoryLayout<Stored>.stride
          return convert(bytes.loadUnaligned(fromByteOffset: offset, as: type))
        }
        if header.isFortranOrder {
          var positions = FortranPositions(shape: header.shape)
          for target in 0..<header.count {
            values.initializeElement(
              at: target, to: number(positions.position))
            positions.advance()
          }
        } else {
          for target in 0..<header.count {
            values.initializeElement(at: target, to: number(target))
          }
        }
        count = header.count
      }
    }
  }
}

/// Where the elements of an array, met in C order, lie in Fortran order.
private struct FortranPositions {
  private let shape: [Int]
  private let strides: [Int]
  private var index: [Int]
  /// The place of the current element in Fortran order.
  private(set) var position = 0

  init(shape: [Int]) {
    self.shape = shape
    var strides: [Int] = []
    var stride = 1
    for length in shape {
      strides.append(stride)
      stride *= length
    }
    self.strides = strides
    index = [Int](repeating: 0, count: shape.count)
  }

  mutating func advance() {
    for axis in shape.indices.reversed() {
      index[axis] += 1
      position += strides[axis]
      if index[axis] < shape[axis] { return }
      index[axis] = 0
      position -= strides[axis] * shape[axis]
    }
  }
}

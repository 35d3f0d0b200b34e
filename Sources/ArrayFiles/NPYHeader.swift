/// What the first bytes of an `.npy` file say about the rest.
///
/// - Source: NumPy's "NEP 1 — A simple file format for NumPy arrays", versions
///   1.0, 2.0 and 3.0.
struct NPYHeader {
  /// No header is longer: magic string, version and length included.
  static let longest = 12 + 65_535

  let type: StoredType
  let isFortranOrder: Bool
  let shape: [Int]
  /// The product of the shape.
  let count: Int
  /// Where the numbers begin.
  let dataOffset: Int

  private static let magic = [0x93] + Array("NUMPY".utf8)

  /// Reads and checks a header.
  ///
  /// - Parameters:
  ///   - bytes: the file's first bytes, `longest` of them if there are so many.
  ///   - fileSize: the size of the whole file, which the header must account
  ///     for to the byte.
  ///   - file: the file's name for errors.
  init(
    _ bytes: ArraySlice<UInt8>, fileSize: Int, file: String
  ) throws(FileError) {
    var reader = LittleEndianReader(bytes)
    guard let magic = reader.take(6), magic.elementsEqual(Self.magic) else {
      throw .malformed(
        file: file, expected: "a NumPy .npy array",
        found: bytes.isEmpty
          ? "an empty file"
          : "a file that begins \"\(excerpt(bytes.prefix(8)))\"")
    }
    guard let major = reader.read(UInt8.self), (1...3).contains(major),
      reader.read(UInt8.self) == 0
    else {
      throw .malformed(
        file: file, expected: ".npy format version 1.0, 2.0 or 3.0",
        found: "version bytes \"\(excerpt(bytes.dropFirst(6).prefix(2)))\"")
    }
    let length =
      major == 1
      ? reader.read(UInt16.self).map(Int.init)
      : reader.read(UInt32.self).map(Int.init)
    guard let length, length <= 65_535, let text = reader.take(length) else {
      throw .malformed(
        file: file, expected: "a header of at most 65535 bytes",
        found: length.map { "a header of \($0) bytes in \(fileSize)" }
          ?? "\(fileSize) bytes")
    }
    guard let literal = NPYHeaderLiteral(text) else {
      throw .malformed(
        file: file,
        expected: "a header such as {'descr': '<f8', 'fortran_order': False, "
          + "'shape': (3, 4), }",
        found: "\"\(excerpt(text))\"")
    }
    guard let type = StoredType(descriptor: literal.descriptor) else {
      let known = StoredType.allCases.map(\.rawValue).joined(separator: " ")
      throw .malformed(
        file: file, expected: "little-endian numbers, one of \(known)",
        found: "'\(excerpt(literal.descriptor.utf8))'")
    }
    guard let count = literal.count,
      count <= (Int.max - reader.position) / type.size
    else {
      throw .malformed(
        file: file, expected: "a shape that fits into memory",
        found: "\(literal.shape)")
    }
    let needed = reader.position + count * type.size
    guard needed == fileSize else {
      throw .malformed(
        file: file,
        expected: "\(needed) bytes for the shape \(literal.shape) of "
          + type.rawValue,
        found: "\(fileSize) bytes")
    }
    self.type = type
    self.isFortranOrder = literal.isFortranOrder
    self.shape = literal.shape
    self.count = count
    self.dataOffset = reader.position
  }

  /// The header that NumPy itself writes, version 1.0, C order: padded with
  /// spaces to a multiple of 64 bytes, with room for the first axis to grow.
  static func bytes(descriptor: String, shape: [Int]) -> [UInt8] {
    let lengths = shape.map(String.init).joined(separator: ", ")
    let tuple = shape.count == 1 ? "(\(lengths),)" : "(\(lengths))"
    var text =
      "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': \(tuple), }"
    if let first = shape.first {
      text += String(repeating: " ", count: 21 - String(first).utf8.count)
    }
    let unpadded = magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: 63 - (unpadded + 63) % 64) + "\n"
    precondition(text.utf8.count <= 65_535, "\(shape.count) axes")
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
  }
}

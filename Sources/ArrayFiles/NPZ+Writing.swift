extension NPZ {
  /// An array with the name that it gets in an archive.
  public struct NamedArray: Sendable {
    fileprivate let fileName: String
    fileprivate let file: [UInt8]

    /// Names an array; `.npy` is added to the name of its entry.
    public init<Number: StoredNumber>(
      _ name: String, _ array: ShapedArray<Number>
    ) {
      fileName = name + ".npy"
      let header = NPYHeader.bytes(
        descriptor: Number.descriptor, shape: array.shape)
      file = array.values.withUnsafeBytes { header + $0 }
    }
  }

  /// Writes arrays to an archive, stored, in the order given.
  ///
  /// The same input gives the same bytes: every entry is dated 1980-01-01.
  ///
  /// - Precondition: the names differ.
  /// - Throws: `FileError.cannotWrite`, also for more than 65534 arrays or 4 GiB,
  ///   which plain zip archives cannot hold.
  public static func write(
    _ arrays: [NamedArray], to path: String
  ) throws(FileError) {
    precondition(
      Set(arrays.map(\.fileName)).count == arrays.count,
      "two arrays of one name: \(arrays.map(\.fileName))")
    let overhead = arrays.reduce(22) { $0 + 76 + 2 * $1.fileName.utf8.count }
    let total = arrays.reduce(overhead) { $0 + $1.file.count }
    guard arrays.count < 65_535, total < UInt32.max,
      arrays.allSatisfy({ $0.fileName.utf8.count <= 65_535 })
    else {
      throw .cannotWrite(
        file: path,
        reason: "\(arrays.count) arrays in \(total) bytes are more than a zip "
          + "archive holds; write .npy files instead")
    }
    var archive = try AtomicFile(path: path)
    var directory: [UInt8] = []
    var offset = 0
    for array in arrays {
      let common = commonHeader(array)
      directory += littleEndian(0x0201_4B50 as UInt32)
      directory += littleEndian(20 as UInt16)  // made by version 2.0
      directory += common
      directory += littleEndian(0 as UInt16)  // no comment
      directory += littleEndian(0 as UInt16)  // disk 0
      directory += littleEndian(0 as UInt16)  // internal attributes
      directory += littleEndian(0 as UInt32)  // external attributes
      directory += littleEndian(UInt32(offset))
      directory += array.fileName.utf8

      let header = littleEndian(0x0403_4B50 as UInt32) + common
      try archive.write(header + array.fileName.utf8)
      try archive.write(array.file)
      offset += header.count + array.fileName.utf8.count + array.file.count
    }
    try archive.write(directory)
    var end = littleEndian(0x0605_4B50 as UInt32)
    end += littleEndian(0 as UInt32)  // the numbers of two disks
    end += littleEndian(UInt16(arrays.count))
    end += littleEndian(UInt16(arrays.count))
    end += littleEndian(UInt32(directory.count))
    end += littleEndian(UInt32(offset))
    end += littleEndian(0 as UInt16)  // no comment
    try archive.write(end)
    try archive.finish()
  }

  /// What the two headers of an entry have in common: from the version that
  /// is needed to the length of the extra field.
  private static func commonHeader(_ array: NamedArray) -> [UInt8] {
    var bytes = littleEndian(20 as UInt16)  // version 2.0
    bytes += littleEndian(1 << 11 as UInt16)  // the name is UTF-8
    bytes += littleEndian(0 as UInt16)  // stored
    bytes += littleEndian(0 as UInt16)  // 00:00:00
    bytes += littleEndian(0x0021 as UInt16)  // 1980-01-01
    bytes += littleEndian(checksum(array.file[...]))
    bytes += littleEndian(UInt32(array.file.count))
    bytes += littleEndian(UInt32(array.file.count))
    bytes += littleEndian(UInt16(array.fileName.utf8.count))
    bytes += littleEndian(0 as UInt16)  // no extra field
    return bytes
  }
}

private func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

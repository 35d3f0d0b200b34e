import Glibc

/// The rows of a matrix in an `.npy` file, read when they are asked for, for
/// matrices that memory should not hold whole.
public final class NPYRows: Sendable {
  /// Number of rows.
  public let rowCount: Int
  /// Number of columns.
  public let columnCount: Int

  private let file: String
  private let header: NPYHeader
  private let descriptor: Int32

  /// Opens a file and checks all but its numbers.
  ///
  /// - Throws: `FileError` where there is no such file or it holds no matrix.
  public init(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(file: path) }
      throw .unreadable(file: path, reason: systemReason())
    }
    do throws(FileError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        throw .unreadable(file: path, reason: systemReason())
      }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .malformed(
          file: path, expected: "a regular file",
          found: "a folder, a pipe or a device")
      }
      let size = Int(status.st_size)
      let first = try FileBytes.bytes(
        of: descriptor, path, at: 0, count: min(size, NPYHeader.longest))
      header = try NPYHeader(first[...], fileSize: size, file: path)
      guard header.shape.count == 2 else {
        throw .malformed(
          file: path, expected: "the shape [any, any]",
          found: "\(header.shape)")
      }
    } catch {
      close(descriptor)
      throw error
    }
    file = path
    self.descriptor = descriptor
    rowCount = header.shape[0]
    columnCount = header.shape[1]
  }

  deinit { close(descriptor) }

  /// Reads rows as `Double`, row after row; several threads may read at once.
  ///
  /// - Parameter out: Room for `range.count × columnCount` numbers.
  /// - Throws: `FileError`, also for a number that is not finite.
  public func read(
    _ range: Range<Int>, into out: UnsafeMutablePointer<Double>
  ) throws(FileError) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rowCount,
      "expected rows below \(rowCount), got \(range)")
    switch header.type {
    case .float4: try decode(range, Float.self, out) { Double($0) }
    case .float8: try decode(range, Double.self, out) { $0 }
    case .int1: try decode(range, Int8.self, out) { Double($0) }
    case .int2: try decode(range, Int16.self, out) { Double($0) }
    case .int4: try decode(range, Int32.self, out) { Double($0) }
    case .int8: try decode(range, Int64.self, out) { Double($0) }
    case .uint1: try decode(range, UInt8.self, out) { Double($0) }
    case .uint2: try decode(range, UInt16.self, out) { Double($0) }
    case .uint4: try decode(range, UInt32.self, out) { Double($0) }
    }
    let count = range.count * columnCount
    for k in 0..<count where !out[k].isFinite {
      throw .malformed(
        file: file, expected: "finite numbers",
        found: "\(out[k]) at "
          + "\([range.lowerBound + k / columnCount, k % columnCount])")
    }
  }

  private func decode<Stored: BitwiseCopyable>(
    _ range: Range<Int>, _ type: Stored.Type,
    _ out: UnsafeMutablePointer<Double>, _ convert: (Stored) -> Double
  ) throws(FileError) {
    let size = MemoryLayout<Stored>.stride
    // A run is what lies together in the file: all rows, or one column of them.
    let runs = header.isFortranOrder ? columnCount : 1
    let length = header.isFortranOrder ? range.count : range.count * columnCount
    let (runStride, step) =
      header.isFortranOrder ? (rowCount, columnCount) : (0, 1)
    let first =
      header.isFortranOrder ? range.lowerBound : range.lowerBound * columnCount
    for run in 0..<runs {
      let bytes = try FileBytes.bytes(
        of: descriptor, file,
        at: header.dataOffset + (first + run * runStride) * size,
        count: length * size)
      bytes.withUnsafeBytes { bytes in
        for k in 0..<length {
          out[run + k * step] = convert(
            bytes.loadUnaligned(fromByteOffset: k * size, as: type))
        }
      }
    }
  }
}

/// The directory of a zip archive: which entries lie where.
///
/// Strict where readers differ: nothing before the first or behind the last
/// byte, directory and local headers agree, entries do not overlap.
///
/// - Source: PKWARE, "APPNOTE.TXT — .ZIP File Format Specification" 6.3.10,
///   Sections 4.3.7, 4.3.12, 4.3.14–4.3.16, 4.5.3.
struct ZipDirectory {
  /// One file in the archive.
  struct Entry {
    let name: String
    let isDeflated: Bool
    let checksum: UInt32
    /// Where the possibly compressed bytes lie.
    fileprivate(set) var data: Range<Int>
    let size: Int
    fileprivate let localHeader: Int
  }

  /// The entries in the directory's order.
  let entries: [Entry]

  /// Reads the directory of an archive.
  ///
  /// - Parameters:
  ///   - bytes: the whole archive.
  ///   - file: its name for errors.
  init(_ bytes: [UInt8], file: String) throws(FileError) {
    let parser = ZipParser(bytes: bytes, file: file)
    let (directory, count) = try parser.findDirectory()
    var reader = LittleEndianReader(bytes[directory])
    var entries: [Entry] = []
    for _ in 0..<count {
      entries.append(try parser.directoryEntry(&reader))
    }
    guard reader.position == directory.count else {
      throw parser.damaged("\(count) entries and nothing else in the directory")
    }
    var end = 0
    let order = entries.indices.sorted {
      entries[$0].localHeader < entries[$1].localHeader
    }
    for index in order {
      guard entries[index].localHeader >= end else {
        throw parser.damaged("entries that do not overlap")
      }
      entries[index].data = try parser.dataRange(
        of: entries[index], before: directory.lowerBound)
      end = entries[index].data.upperBound
    }
    self.entries = entries
  }
}

private struct ZipParser {
  let bytes: [UInt8]
  let file: String

  private static let endSignature: UInt32 = 0x0605_4B50
  private static let end64Signature: UInt32 = 0x0606_4B50
  private static let locator64Signature: UInt32 = 0x0706_4B50
  private static let directorySignature: UInt32 = 0x0201_4B50
  private static let localSignature: UInt32 = 0x0403_4B50

  func damaged(_ expected: String) -> FileError {
    .malformed(
      file: file, expected: "a zip archive (.npz) with \(expected)",
      found: "a damaged or truncated one of \(bytes.count) bytes")
  }

  /// Where the directory lies and how many entries it has.
  func findDirectory() throws(FileError) -> (Range<Int>, Int) {
    guard bytes.starts(with: [0x50, 0x4B]) else {
      throw .malformed(
        file: file, expected: "a zip archive (.npz)",
        found: bytes.isEmpty
          ? "an empty file"
          : "a file that begins \"\(excerpt(bytes.prefix(8)))\"")
    }
    let complaint = damaged("an end record as its last bytes")
    let end = bytes.count - 22
    guard end >= 0 else { throw complaint }
    var reader = LittleEndianReader(bytes[end...])
    guard reader.read(UInt32.self) == Self.endSignature,
      reader.read(UInt32.self) == 0,  // the numbers of two disks
      let countHere = reader.read(UInt16.self),
      let count = reader.read(UInt16.self), count == countHere,
      let size = reader.read(UInt32.self),
      let offset = reader.read(UInt32.self),
      reader.read(UInt16.self) == 0  // no comment
    else { throw complaint }

    if count == .max || size == .max || offset == .max {
      return try findDirectory64(before: end)
    }
    guard Int(offset) + Int(size) == end else {
      throw damaged("a directory right before its end record")
    }
    return (Int(offset)..<end, Int(count))
  }

  private func findDirectory64(
    before end: Int
  ) throws(FileError) -> (Range<Int>, Int) {
    let complaint = damaged("a zip64 end record before its end record")
    let locator = end - 20
    let end64 = locator - 56
    guard end64 >= 0 else { throw complaint }
    var reader = LittleEndianReader(bytes[locator..<end])
    guard reader.read(UInt32.self) == Self.locator64Signature,
      reader.read(UInt32.self) == 0,
      reader.read(UInt64.self) == UInt64(end64),
      reader.read(UInt32.self) == 1
    else { throw complaint }
    reader = LittleEndianReader(bytes[end64..<locator])
    guard reader.read(UInt32.self) == Self.end64Signature,
      reader.read(UInt64.self) == 44,
      reader.take(4) != nil,  // versions
      reader.read(UInt64.self) == 0,  // the numbers of two disks
      let countHere = reader.read(UInt64.self),
      let count = reader.read(UInt64.self), count == countHere,
      let size = reader.read(UInt64.self),
      let offset = reader.read(UInt64.self),
      size <= UInt64(end64), offset == UInt64(end64) - size,
      // An entry takes 46 bytes at least.
      count <= size / 46
    else { throw complaint }
    return (Int(offset)..<end64, Int(count))
  }

  /// Takes the next entry off the directory; where its data lie is open.
  func directoryEntry(
    _ reader: inout LittleEndianReader
  ) throws(FileError) -> ZipDirectory.Entry {
    guard reader.read(UInt32.self) == Self.directorySignature,
      reader.take(4) != nil,  // versions
      let flags = reader.read(UInt16.self),
      let method = reader.read(UInt16.self),
      reader.take(4) != nil,  // time and date
      let checksum = reader.read(UInt32.self),
      let packedSize32 = reader.read(UInt32.self),
      let size32 = reader.read(UInt32.self),
      let nameLength = reader.read(UInt16.self),
      let extraLength = reader.read(UInt16.self),
      let commentLength = reader.read(UInt16.self),
      reader.read(UInt16.self) == 0,  // the number of a disk
      reader.take(6) != nil,  // attributes
      let localHeader32 = reader.read(UInt32.self),
      let nameBytes = reader.take(Int(nameLength)),
      let extra = reader.take(Int(extraLength)),
      reader.take(Int(commentLength)) != nil
    else { throw damaged("a complete directory") }
    guard let name = String(validating: nameBytes, as: UTF8.self) else {
      throw damaged("names in UTF-8")
    }
    guard flags & 1 == 0 else {
      throw .malformed(
        file: file, expected: "no encryption",
        found: "the encrypted entry \(excerpt(nameBytes))")
    }
    guard method == 0 || method == 8 else {
      throw .malformed(
        file: file, expected: "entries that are stored or deflated",
        found: "method \(method) of the entry \(excerpt(nameBytes))")
    }
    var wide = Zip64Extra(extra)
    guard let size = wide.value(size32),
      let packedSize = wide.value(packedSize32),
      let localHeader = wide.value(localHeader32)
    else { throw damaged("sizes within \(bytes.count) bytes") }
    return ZipDirectory.Entry(
      name: name, isDeflated: method == 8, checksum: checksum,
      data: 0..<packedSize, size: size, localHeader: localHeader)
  }

  /// Where the data of an entry lie, by its local header.
  func dataRange(
    of entry: ZipDirectory.Entry, before directory: Int
  ) throws(FileError) -> Range<Int> {
    let complaint = damaged(
      "a local header for the entry \(excerpt(entry.name.utf8))")
    guard entry.localHeader <= directory else { throw complaint }
    var reader = LittleEndianReader(bytes[entry.localHeader..<directory])
    guard reader.read(UInt32.self) == Self.localSignature,
      reader.take(2) != nil,  // version
      let flags = reader.read(UInt16.self), flags & 1 == 0,
      let method = reader.read(UInt16.self),
      (method == 8) == entry.isDeflated,
      reader.take(4) != nil,  // time and date
      let checksum = reader.read(UInt32.self),
      let packedSize32 = reader.read(UInt32.self),
      let size32 = reader.read(UInt32.self),
      let nameLength = reader.read(UInt16.self),
      let extraLength = reader.read(UInt16.self),
      let name = reader.take(Int(nameLength)),
      name.elementsEqual(entry.name.utf8),
      let extra = reader.take(Int(extraLength))
    else { throw complaint }
    // A bit tells that checksum and sizes stand behind the data instead.
    if flags & 8 == 0 {
      var wide = Zip64Extra(extra)
      guard checksum == entry.checksum,
        wide.value(size32) == entry.size,
        wide.value(packedSize32) == entry.data.count
      else { throw complaint }
    }
    let start = entry.localHeader + reader.position
    guard reader.take(entry.data.count) != nil else {
      throw damaged(
        "\(entry.data.count) bytes of the entry \(excerpt(entry.name.utf8))")
    }
    return start..<(start + entry.data.count)
  }
}

/// The 64-bit values that stand in an entry's extra field, in a fixed order,
/// for those of the 32-bit ones that are all ones.
private struct Zip64Extra {
  private var values = LittleEndianReader([])

  init(_ extra: ArraySlice<UInt8>) {
    var reader = LittleEndianReader(extra)
    while let tag = reader.read(UInt16.self),
      let length = reader.read(UInt16.self),
      let field = reader.take(Int(length))
    {
      if tag == 1 { values = LittleEndianReader(field) }
    }
  }

  mutating func value(_ short: UInt32) -> Int? {
    guard short == .max else { return Int(short) }
    return values.read(UInt64.self).flatMap { Int(exactly: $0) }
  }
}

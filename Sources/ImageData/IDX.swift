import ArrayFiles

/// The format of the MNIST family: a header of big-endian 32-bit words, first
/// the magic number and then each dimension, followed by one byte an element.
///
///     magic = 0x0800 + rank        (0x08: unsigned bytes)
///
/// - Source: LeCun, Cortes and Burges, "The MNIST database of handwritten
///   digits", section "File formats".
struct IDX {
  /// The length of each dimension, the slowest first.
  let dimensions: [Int]
  /// The elements, the last dimension varying fastest.
  let values: [UInt8]

  /// The most bytes that a file may hold after decompression: 2 GiB.
  static let largestSize = 1 << 31

  /// Parses the contents of a file, plain or compressed with gzip.
  ///
  /// The header must promise exactly the bytes that are there. It is checked
  /// before anything of the promised size is allocated.
  ///
  /// - Throws: `ImageDataError` or `FileError`, naming `file`.
  init(_ bytes: [UInt8], rank: Int, file: String) throws {
    let isCompressed = bytes.starts(with: [0x1F, 0x8B])
    let headerSize = 4 + 4 * rank
    let header =
      isCompressed
      ? try Gzip.prefix(headerSize, of: bytes, file: file)
      : Array(bytes.prefix(headerSize))
    let words = stride(from: 0, to: header.count / 4 * 4, by: 4).map { first in
      header[first..<(first + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    let magic = UInt32(0x0800 + rank)
    if let found = words.first, found != magic {
      throw ImageDataError.wrongMagic(
        file: file, expected: magic, found: found)
    }
    guard header.count == headerSize else {
      throw ImageDataError.wrongLength(
        file: file, expected: headerSize, found: header.count)
    }
    let dimensions = words.dropFirst().map(Int.init)
    var size = headerSize
    if !dimensions.contains(0) {
      // Three factors below 2³² can overflow; one at a time they cannot.
      var product = 1
      for dimension in dimensions where product <= Self.largestSize {
        product *= dimension
      }
      size += product
    }
    guard headerSize < size && size <= Self.largestSize else {
      throw ImageDataError.badDimensions(file: file, dimensions: dimensions)
    }
    let contents =
      isCompressed
      ? try Gzip.inflate(bytes, file: file, limit: size) : bytes
    guard contents.count == size else {
      throw ImageDataError.wrongLength(
        file: file, expected: size, found: contents.count)
    }
    self.dimensions = dimensions
    self.values = Array(contents[headerSize...])
  }
}

extension ImageSet {
  /// A set of grey images from a pair of IDX files.
  ///
  /// - Throws: `ImageDataError` or `FileError` where a file is damaged;
  ///   `ImageDataError` where the two do not belong together.
  init(
    name: String, classNames: [String], maximumPixel: UInt8,
    images: (file: String, bytes: [UInt8]),
    labels: (file: String, bytes: [UInt8])
  ) throws {
    let pixels = try IDX(images.bytes, rank: 3, file: images.file)
    let classes = try IDX(labels.bytes, rank: 1, file: labels.file)
    try self.init(
      name: name,
      shape: ImageShape(
        channels: 1, height: pixels.dimensions[1], width: pixels.dimensions[2]),
      classNames: classNames, pixels: pixels.values, maximumPixel: maximumPixel,
      imageFile: images.file,
      storedLabels: classes.values, firstLabel: 0, labelFile: labels.file)
  }

  /// A set whose labels are bytes from a file, checked against the images and
  /// the classes.
  init(
    name: String, shape: ImageShape, classNames: [String], pixels: [UInt8],
    maximumPixel: UInt8, imageFile: String,
    storedLabels: [UInt8], firstLabel: Int, labelFile: String
  ) throws(ImageDataError) {
    let count = pixels.count / shape.valueCount
    guard storedLabels.count == count else {
      throw .countMismatch(
        images: count, imageFile: imageFile, labels: storedLabels.count,
        file: labelFile)
    }
    let expected = firstLabel...(firstLabel + classNames.count - 1)
    for (index, label) in storedLabels.enumerated()
    where !expected.contains(Int(label)) {
      throw .labelOutOfRange(
        file: labelFile, index: index, label: Int(label), expected: expected)
    }
    self.init(
      name: name, shape: shape, classNames: classNames, pixels: pixels,
      maximumPixel: maximumPixel,
      labels: storedLabels.map { Int32($0) - Int32(firstLabel) })
  }
}

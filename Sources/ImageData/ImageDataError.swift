public import ArrayFiles

/// Why image data cannot be had from what was asked for.
public enum ImageDataError: ExitStatusProviding, Equatable {
  /// No data set has this name.
  case unknownDataSet(String)
  /// A data set that is read from a folder was named without one.
  case missingFolder(dataSet: String)
  /// The shipped digits were given a folder.
  case unwantedFolder(dataSet: String)
  /// A fraction is outside (0, 1], or fractions sum to more than 1.
  case fractionOutOfRange(Double)
  /// A fraction is so small that it leaves a class without a sample.
  case emptyClass(label: Int, sampleCount: Int, fraction: Double)
  /// More samples are asked for than there are.
  case tooManySamples(asked: Int, present: Int)
  /// There is no folder at this path.
  case noFolder(String)
  /// A folder lacks files of the data set.
  case missingFiles(folder: String, expected: [String], found: [String])
  /// The first four bytes are not those of the format.
  case wrongMagic(file: String, expected: UInt32, found: UInt32)
  /// The bytes, after decompression, are not as many as they should be.
  case wrongLength(file: String, expected: Int, found: Int)
  /// A file of fixed-size records is empty or ends within a record.
  case partialRecord(file: String, recordSize: Int, found: Int)
  /// A header tells of no images, of empty ones or of more than can be read.
  case badDimensions(file: String, dimensions: [Int])
  /// A label names no class.
  case labelOutOfRange(
    file: String, index: Int, label: Int, expected: ClosedRange<Int>)
  /// There are more images than labels, or fewer.
  case countMismatch(images: Int, imageFile: String, labels: Int, file: String)
  /// Training and test images differ in size.
  case shapeMismatch(train: ImageShape, test: ImageShape, file: String)
  /// A file of class names does not hold one different name a class.
  case badClassNames(file: String, expected: Int, found: Int)

  /// 64 for what was asked, 66 for what is not there, 65 for what is damaged.
  public var exitStatus: ExitStatus {
    switch self {
    case .unknownDataSet, .missingFolder, .unwantedFolder,
      .fractionOutOfRange, .emptyClass, .tooManySamples:
      .usage
    case .noFolder, .missingFiles:
      .noInput
    case .wrongMagic, .wrongLength, .partialRecord, .badDimensions,
      .labelOutOfRange, .countMismatch, .shapeMismatch,
      .badClassNames:
      .badData
    }
  }
}

extension ImageDataError: CustomStringConvertible {
  /// What was expected, what was found and what to do, in one line.
  public var description: String {
    switch self {
    case .unknownDataSet(let name):
      "no data set '\(name)'; "
        + (ImageDataSource.nearestName(to: name)
          .map { "the nearest is '\($0)' of " } ?? "there are ")
        + ImageDataSource.forms.joined(separator: ", ")
    case .missingFolder(let dataSet):
      "'\(dataSet)' is read from a folder: write \(dataSet):DIR"
    case .unwantedFolder(let dataSet):
      "'\(dataSet)' comes with mixlab and takes no folder: write \(dataSet)"
    case .fractionOutOfRange(let fraction):
      "expected fractions above 0 that sum to at most 1, found \(fraction)"
    case .emptyClass(let label, let sampleCount, let fraction):
      "a fraction of \(fraction) leaves class \(label) with none of its "
        + "\(sampleCount) samples; ask for at least \(1 / Double(sampleCount))"
    case .tooManySamples(let asked, let present):
      "expected at most \(present) samples, the number present; "
        + "found parts of \(asked)"
    case .noFolder(let path):
      "expected a folder at \(path), found none; check the path"
    case .missingFiles(let folder, let expected, let found):
      "\(folder): expected \(expected.joined(separator: ", ")); found "
        + Self.listing(found) + "; name the folder that holds these files"
    case .wrongMagic(let file, let expected, let found):
      "\(file): expected the magic number \(expected), found \(found); "
        + "is it the right file?"
    case .wrongLength(let file, let expected, let found):
      "\(file): expected \(expected) bytes by its header, found "
        + "\(found); get the file again"
    case .partialRecord(let file, let recordSize, let found):
      "\(file): expected one or more records of \(recordSize) bytes, found "
        + "\(found) bytes; get the file again"
    case .badDimensions(let file, let dimensions):
      "\(file): expected at least one image, at least one pixel in each and "
        + "at most \(IDX.largestSize) bytes, found dimensions "
        + dimensions.map(String.init).joined(separator: " x ")
    case .labelOutOfRange(let file, let index, let label, let expected):
      "\(file): expected labels from \(expected.lowerBound) to "
        + "\(expected.upperBound), found \(label) at sample \(index)"
    case .countMismatch(let images, let imageFile, let labels, let file):
      "\(file): expected a label for each of the \(images) images of "
        + "\(imageFile), found \(labels); the two files must belong together"
    case .shapeMismatch(let train, let test, let file):
      "\(file): expected images of \(train) as in training, found \(test)"
    case .badClassNames(let file, let expected, let found):
      "\(file): expected \(expected) different class names, one a line, "
        + "found \(found)"
    }
  }

  /// The first names and how many more there are.
  private static func listing(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return switch names.count {
    case 0: "an empty folder"
    case ...8: shown
    default: shown + " and \(names.count - 8) more"
    }
  }
}

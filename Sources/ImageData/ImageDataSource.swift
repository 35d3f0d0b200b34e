/// Where images come from: the shipped digits, or a folder in the layout of a
/// data set's own download.
public enum ImageDataSource: Hashable, Sendable {
  /// The 1,797 handwritten digits of 8 x 8 pixels that come with mixlab.
  case digits
  /// MNIST: four IDX files.
  case mnist(folder: String)
  /// Fashion-MNIST: four IDX files.
  case fashionMNIST(folder: String)
  /// CIFAR-10, binary version: five training batches and a test batch.
  case cifar10(folder: String)
  /// CIFAR-100, binary version, with its fine labels.
  case cifar100(folder: String)
  /// STL-10: its labelled images.
  case stl10(folder: String)

  /// The source that a text such as "digits" or "cifar-10:DIR" names.
  ///
  /// - Throws: `ImageDataError` where the name is unknown, a folder is missing
  ///   or one is given to the digits.
  public init(parsing text: String) throws(ImageDataError) {
    let parts = text.split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    if name == Self.digits.name {
      guard parts.count == 1 else { throw .unwantedFolder(dataSet: name) }
      self = .digits
      return
    }
    guard
      let source = Self.inFolder(parts.count == 2 ? String(parts[1]) : "")
        .first(where: { $0.name == name })
    else { throw .unknownDataSet(name) }
    guard parts.count == 2 && !parts[1].isEmpty else {
      throw .missingFolder(dataSet: name)
    }
    self = source
  }

  /// The data set's name, such as "fashion-mnist".
  public var name: String {
    switch self {
    case .digits: "digits"
    case .mnist: "mnist"
    case .fashionMNIST: "fashion-mnist"
    case .cifar10: "cifar-10"
    case .cifar100: "cifar-100"
    case .stl10: "stl-10"
    }
  }

  /// The folder that the files are read from; nil for the digits.
  public var folder: String? {
    switch self {
    case .digits: nil
    case .mnist(let folder), .fashionMNIST(let folder), .cifar10(let folder),
      .cifar100(let folder), .stl10(let folder):
      folder
    }
  }

  /// Every form of text that names a source, for help and messages.
  public static var forms: [String] {
    ([.digits] + inFolder("DIR")).map(\.description)
  }

  /// Reads the data set.
  ///
  /// - Throws: `ImageDataError` where files are missing or damaged, or do not
  ///   belong together; `FileError` where the system refuses to read them.
  public func load() throws -> ImageDataset {
    switch self {
    case .digits:
      try loadDigits()
    case .mnist(let folder):
      try loadIDX(
        DataFolder(folder), classNames: (0...9).map { "\($0)" })
    case .fashionMNIST(let folder):
      try loadIDX(
        DataFolder(folder),
        classNames: [
          "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal",
          "Shirt", "Sneaker", "Bag", "Ankle boot",
        ])
    case .cifar10(let folder):
      try loadCIFAR10(DataFolder(folder))
    case .cifar100(let folder):
      try loadCIFAR100(DataFolder(folder))
    case .stl10(let folder):
      try loadSTL10(DataFolder(folder))
    }
  }

  /// The sources that are read from a folder.
  private static func inFolder(_ folder: String) -> [ImageDataSource] {
    [
      .mnist(folder: folder), .fashionMNIST(folder: folder),
      .cifar10(folder: folder), .cifar100(folder: folder),
      .stl10(folder: folder),
    ]
  }

  /// The data set whose name begins so, or takes the fewest changes of one
  /// letter, at most two or one in three.
  static func nearestName(to text: String) -> String? {
    let names = ([.digits] + inFolder("")).map(\.name)
    if let whole = names.first(where: {
      text.count >= 3 && $0.hasPrefix(text.lowercased())
    }) {
      return whole
    }
    let distances = names.map { editDistance(text.lowercased(), $0) }
    let nearest = distances.indices.min { distances[$0] < distances[$1] }
    guard let nearest,
      distances[nearest] <= max(2, names[nearest].count / 3)
    else { return nil }
    return names[nearest]
  }

  /// The number of letters to insert, delete or replace (Levenshtein 1966).
  private static func editDistance(_ from: String, _ to: String) -> Int {
    // Longer texts are as far from every name; do not spend time on them.
    let (source, target) = (Array(from.prefix(64)), Array(to))
    var row = Array(0...target.count)
    for (above, letter) in source.enumerated() {
      var diagonal = row[0]
      row[0] = above + 1
      for (column, other) in target.enumerated() {
        let replaced = diagonal + (letter == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
      }
    }
    return row[target.count]
  }
}

extension ImageDataSource: CustomStringConvertible {
  /// The text that names this source: the inverse of `init(parsing:)`.
  public var description: String {
    folder.map { "\(name):\($0)" } ?? name
  }
}

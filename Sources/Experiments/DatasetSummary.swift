public import ImageData

/// `mixlab data info`: what is in a data set, as tables.
public struct DatasetSummary: Sendable {
  /// Shape, counts and pixels, one fact a row.
  public let factTable: TextTable
  /// Name and counts of each class.
  public let classTable: TextTable

  /// Summarises a data set.
  ///
  /// Means and standard deviations are those of the training pixels in
  /// [0, 1], channel by channel.
  public init(of dataset: ImageDataset) {
    let pixels = Standardisation(of: dataset.train)
    func perChannel(_ values: [Double]) -> String {
      values.map { fixed($0, 4) }.joined(separator: ", ")
    }
    var facts = TextTable([.init("what"), .init("value")])
    for row in [
      ["data set", dataset.name],
      ["shape", "\(dataset.shape), \(dataset.shape.valueCount) values"],
      ["classes", "\(dataset.classNames.count)"],
      ["training images", "\(dataset.train.count)"],
      ["test images", "\(dataset.test.count)"],
      ["pixel mean", perChannel(pixels.means)],
      ["pixel standard deviation", perChannel(pixels.standardDeviations)],
    ] { facts.append(row) }
    factTable = facts
    var classes = TextTable([
      .init("label", .trailing), .init("class"), .init("train", .trailing),
      .init("test", .trailing),
    ])
    let train = dataset.train.classCounts
    let test = dataset.test.classCounts
    for (label, name) in dataset.classNames.enumerated() {
      classes.append(["\(label)", name, "\(train[label])", "\(test[label])"])
    }
    classTable = classes
  }
}

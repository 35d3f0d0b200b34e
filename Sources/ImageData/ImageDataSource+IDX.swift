import Randomness

extension ImageDataSource {
  /// Reads the four IDX files of the MNIST family, each plain or compressed,
  /// with a hyphen or a dot before `idx`.
  func loadIDX(
    _ folder: DataFolder, classNames: [String]
  ) throws -> ImageDataset {
    let names = try folder.names(
      of: ["train", "t10k"].flatMap { part in
        [("images", 3), ("labels", 1)].map { kind, rank in
          ["-", "."].flatMap { mark in
            [".gz", ""].map { "\(part)-\(kind)\(mark)idx\(rank)-ubyte\($0)" }
          }
        }
      })
    let train = try ImageSet(
      name: "\(name) train", classNames: classNames, maximumPixel: 255,
      images: folder.contents(of: names[0]),
      labels: folder.contents(of: names[1]))
    let test = try ImageSet(
      name: "\(name) test", classNames: classNames, maximumPixel: 255,
      images: folder.contents(of: names[2]),
      labels: folder.contents(of: names[3]))
    guard train.shape == test.shape else {
      throw ImageDataError.shapeMismatch(
        train: train.shape, test: test.shape, file: folder.path(of: names[2]))
    }
    return ImageDataset(name: name, train: train, test: test)
  }

  /// The digits that come with mixlab, in 1,297 training and 500 test images.
  ///
  /// The split is part of the data set: `Stratified.split` with a stream of its
  /// own, whatever the seed of a run. Both parts keep the order of the source.
  func loadDigits() throws -> ImageDataset {
    let all = try ImageSet(
      name: name, classNames: (0...9).map { "\($0)" }, maximumPixel: 16,
      images: (
        "digits-images-idx3-ubyte.gz",
        PackageResources.digits_images_idx3_ubyte_gz
      ),
      labels: (
        "digits-labels-idx1-ubyte.gz",
        PackageResources.digits_labels_idx1_ubyte_gz
      ))
    var stream = RandomStream(rootSeed: 0, name: "digits split")
    let parts = try Stratified.split(
      all.labels, counts: [1297, 500], using: &stream)
    return ImageDataset(
      name: name,
      train: all.subset(parts[0], named: "\(name) train"),
      test: all.subset(parts[1], named: "\(name) test"))
  }
}

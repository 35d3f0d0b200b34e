import ImageData
import ImageTrain
import Networks
import Randomness
import VectorMath

/// The images of an experiment, cut as its settings ask.
struct PreparedImages: Sendable {
  let dataset: String
  /// `ImageDataset.checksum`.
  let checksum: String
  let train: ImageSet
  let validation: ImageSet?
  let holdout: ImageSet?
  var test: ImageSet
  let standardisation: Standardisation?

  /// Loads the data set and cuts it, class by class, by the data's own seed.
  ///
  /// - Throws: `ExperimentError.share` where a share leaves a class empty, and
  ///   what loading throws.
  init(_ settings: DataSettings) throws {
    let dataset = try settings.source.loadedForRun()
    let labels = dataset.train.labels
    func share(
      _ name: String, _ fraction: Double, of labels: [Int32]
    ) throws -> [Int] {
      var stream = RandomStream(
        rootSeed: UInt64(settings.seed), name: "data/\(name)")
      do {
        return try Stratified.fraction(fraction, of: labels, using: &stream)
      } catch {
        throw ExperimentError.share(
          key: "data.\(name)", reason: error.description)
      }
    }
    var chosen = Array(labels.indices)
    if settings.fraction < 1 {
      chosen = try share("fraction", settings.fraction, of: labels)
    }
    if settings.holdout > 0 {
      let isChosen = Set(chosen)
      let rest = labels.indices.filter { !isChosen.contains($0) }
      let shareOfRest =
        settings.holdout * Double(labels.count) / Double(max(rest.count, 1))
      let part = try share(
        "holdout", min(shareOfRest, 1), of: rest.map { labels[$0] })
      holdout = dataset.train.subset(
        part.map { rest[$0] }, named: "\(dataset.name) holdout")
    } else {
      holdout = nil
    }
    if settings.validation > 0 {
      let part = try share(
        "validation", settings.validation, of: chosen.map { labels[$0] })
      let isApart = Set(part)
      validation = dataset.train.subset(
        part.map { chosen[$0] }, named: "\(dataset.name) validation")
      let kept = chosen.indices.filter { !isApart.contains($0) }
        .map { chosen[$0] }
      // A class that is only there to choose runs with cannot be learned.
      for (label, count) in dataset.train.subset(chosen).classCounts
        .enumerated()
      where count > 0 && !kept.contains(where: { labels[$0] == label }) {
        throw ExperimentError.share(
          key: "data.validation",
          reason: "a fraction of \(settings.validation) leaves class "
            + "\(label) none of its \(count) images to train on; ask for less")
      }
      chosen = kept
    } else {
      validation = nil
    }
    self.dataset = dataset.name
    checksum = dataset.checksum
    train =
      chosen.count == labels.count
      ? dataset.train : dataset.train.subset(chosen)
    test = dataset.test
    standardisation =
      settings.standardise ? Standardisation(of: train) : nil
  }
}

extension PreparedImages {
  /// Some of the images as networks see them.
  func labelled(_ set: ImageSet) -> LabelledImages<Double> {
    LabelledImages(
      pixels: standardisation?.applied(to: set) ?? set.scaled(),
      labels: set.labels, classCount: train.classNames.count)
  }

  /// Reads a network that takes the images.
  ///
  /// - Throws: `FileError`, `ExperimentError.networkShape`.
  func readNetwork(
    _ file: String, activation: Activation
  ) throws -> DenseNetwork<Double> {
    let network = try NetworkFile.read(file, activation: activation)
    let (inputs, outputs) = (train.shape.valueCount, train.classNames.count)
    guard
      network.shape.inputSize == inputs, network.shape.classCount == outputs
    else {
      throw ExperimentError.networkShape(
        file: file, expected: "\(inputs) inputs and \(outputs) outputs",
        found: "\(network.shape.inputSize) and \(network.shape.classCount)")
    }
    return network
  }
}

extension ImageSet {
  /// These images followed by others of the same kind.
  func appending(_ other: ImageSet, named name: String) -> ImageSet {
    ImageSet(
      name: name, shape: shape, classNames: classNames,
      pixels: pixels + other.pixels, maximumPixel: maximumPixel,
      labels: labels + other.labels)
  }
}

/// The test images that all models of a seed are judged on.
struct Judges: Sendable {
  /// The images themselves.
  let test: ImageSet
  /// Parts that are reported by name: the failures that no teacher learned,
  /// and the images that the base model got right.
  let parts: [(name: String, indices: [Int])]
  /// Failures that `split` teachers learn.
  let queries: ImageSet?

  /// All test images.
  init(test: ImageSet) {
    self.test = test
    parts = []
    queries = nil
  }

  /// Splits the failures of a base model into a half that teachers learn and
  /// a half that judges.
  ///
  /// - Source: Tanno et al. 2022 (arXiv:2207.04806), the protocol of query and
  ///   holdout failures.
  init(
    test: ImageSet, isCorrect: [Bool], stream: inout RandomStream
  ) throws {
    let failures = isCorrect.indices.filter { !isCorrect[$0] }
    guard failures.count >= 2 else {
      throw ExperimentError.tooFewFailures(failures.count)
    }
    let part = try Stratified.split(
      failures.map { test.labels[$0] }, counts: [failures.count / 2],
      using: &stream)[0]
    let learned = Set(part.map { failures[$0] })
    let kept = isCorrect.indices.filter { !learned.contains($0) }
    self.test = test.subset(kept, named: "\(test.name) without queries")
    parts = [
      ("failureHoldout", kept.indices.filter { !isCorrect[kept[$0]] }),
      ("untouched", kept.indices.filter { isCorrect[kept[$0]] }),
    ]
    queries = test.subset(learned.sorted(), named: "\(test.name) queries")
  }
}

extension ImageDataSource {
  /// The data set that `data.source` names.
  ///
  /// - Parameter option: What the data set is given by on the command line.
  /// - Throws: `ExperimentError.noData`, which says how to get it, where its
  ///   folder is missing; otherwise what loading throws.
  func loadedForRun(option: String = "--data ") throws -> ImageDataset {
    do {
      return try load()
    } catch let error as ImageDataError {
      guard case .noFolder = error else { throw error }
      throw ExperimentError.noData(
        dataset: name, reason: error.description, option: option)
    }
  }
}

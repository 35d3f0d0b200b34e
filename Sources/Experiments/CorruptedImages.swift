import ImageData
import ImageTrain
import LinearAlgebra
import Randomness

/// The images of an experiment, some of whose training samples were corrupted:
/// culprits that are known.
struct CorruptedImages: Sendable {
  let train: LabelledImages<Double>
  let test: LabelledImages<Double>
  /// Whether each training sample was corrupted.
  let isCorrupted: [Bool]

  init(
    _ material: PreparedImages, _ corruption: CausesExperiment.Corruption,
    seed: Int
  ) {
    (train, isCorrupted) = corruption.applied(
      to: material.labelled(material.train), seed: seed)
    test = material.labelled(material.test)
  }
}

extension CausesExperiment.Corruption {
  /// Refuses a share that corrupts no sample, whatever classes a seed draws.
  ///
  /// - Parameter section: Where the configuration has the share.
  /// - Throws: `ExperimentError.share`.
  func check(_ train: ImageSet, under section: String) throws {
    let (key, share, sizes): (String, Double, [Int]) =
      switch self {
      case .labels(let share):
        ("\(section).flipped", share, [train.labels.count])
      case .inputs(let share, let classes, _):
        (
          "\(section).noisy", share,
          Array(
            train.classNames.indices.map { label in
              train.labels.count { $0 == Int32(label) }
            }.sorted().prefix(classes))
        )
      }
    let count = sizes.reduce(0) { $0 + Int((share * Double($1)).rounded()) }
    guard count > 0 else {
      throw ExperimentError.share(
        key: key,
        reason: "expected a share of \(sizes.reduce(0, +)) training images "
          + "that is at least one, found \(share), which rounds to none")
    }
  }

  /// The images with some of them corrupted, and which.
  func applied(
    to images: LabelledImages<Double>, seed: Int
  ) -> (images: LabelledImages<Double>, isCorrupted: [Bool]) {
    var flags = [Bool](repeating: false, count: images.count)
    func stream(_ name: String) -> RandomStream {
      RandomStream(rootSeed: UInt64(seed), name: name)
    }
    switch self {
    case .labels(let share):
      let classes = images.classCount
      var labels = images.labels
      var flips = stream("label-flips")
      let count = Int((share * Double(labels.count)).rounded())
      for index in flips.permutation(of: labels.count).prefix(count) {
        let shift = 1 + flips.index(below: classes - 1)
        labels[index] = (labels[index] + Int32(shift)) % Int32(classes)
        flags[index] = true
      }
      return (
        LabelledImages(
          pixels: images.pixels, labels: labels, classCount: classes), flags
      )
    case .inputs(let share, let classes, let deviation):
      var (choice, noise) = (stream("noisy-images"), stream("input-noise"))
      let noisy = choice.permutation(of: images.classCount)
        .prefix(classes).sorted()
      var elements = images.pixels.elements
      let width = images.pixels.columnCount
      for label in noisy {
        let members = images.labels.indices.filter {
          images.labels[$0] == Int32(label)
        }
        let count = Int((share * Double(members.count)).rounded())
        for place in choice.permutation(of: members.count).prefix(count) {
          let index = members[place]
          flags[index] = true
          for k in 0..<width {
            elements[index * width + k] += deviation * noise.normal()
          }
        }
      }
      return (
        LabelledImages(
          pixels: Matrix(
            rowCount: images.count, columnCount: width, elements: elements),
          labels: images.labels, classCount: images.classCount), flags
      )
    }
  }
}

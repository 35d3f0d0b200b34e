import ImageData
import ImageTrain
import LinearAlgebra
import Randomness

/// The images of an experiment, a share of whose training labels was flipped to
/// another class: culprits that are known.
struct FlippedImages: Sendable {
  let train: LabelledImages<Double>
  let test: LabelledImages<Double>
  /// Whether each training label was flipped.
  let isFlipped: [Bool]

  init(_ material: PreparedImages, share: Double, seed: Int) {
    func pixels(_ set: ImageSet) -> Matrix<Double> {
      material.standardisation?.applied(to: set) ?? set.scaled()
    }
    let classes = material.train.classNames.count
    var labels = material.train.labels
    var flags = [Bool](repeating: false, count: labels.count)
    var stream = RandomStream(rootSeed: UInt64(seed), name: "label-flips")
    let count = Int((share * Double(labels.count)).rounded())
    for index in stream.permutation(of: labels.count).prefix(count) {
      let shift = 1 + stream.index(below: classes - 1)
      labels[index] = (labels[index] + Int32(shift)) % Int32(classes)
      flags[index] = true
    }
    isFlipped = flags
    train = LabelledImages(
      pixels: pixels(material.train), labels: labels, classCount: classes)
    test = LabelledImages(
      pixels: pixels(material.test), labels: material.test.labels,
      classCount: classes)
  }
}

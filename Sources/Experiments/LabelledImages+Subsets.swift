import ImageTrain
import LinearAlgebra
import Networks
import VectorMath

extension LabelledImages<Double> {
  /// The images at `indices`, in that order.
  func subset(_ indices: [Int]) -> LabelledImages {
    var elements: [Double] = []
    elements.reserveCapacity(indices.count * pixels.columnCount)
    for index in indices { elements += pixels.row(index) }
    return LabelledImages(
      pixels: Matrix(
        rowCount: indices.count, columnCount: pixels.columnCount,
        elements: elements),
      labels: indices.map { labels[$0] }, classCount: classCount)
  }

  /// All images but those at `indices`.
  func removing(_ indices: [Int]) -> LabelledImages {
    let removed = Set(indices)
    return subset(labels.indices.filter { !removed.contains($0) })
  }

  /// The most probable class of each image; the first of equals.
  func predictedClasses(
    _ network: DenseNetwork<Double>, team: ThreadTeam
  ) -> [Int32] {
    let logs = Evaluator(images: self, shape: network.shape, team: team)
      .logProbabilities(network)
    return labels.indices.map { i in
      var best = 0
      for c in 1..<classCount
      where logs[i * classCount + c] > logs[i * classCount + best] {
        best = c
      }
      return Int32(best)
    }
  }
}

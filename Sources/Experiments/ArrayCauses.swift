import ArrayFiles
public import Figures
import Foundation
public import ImageTrain
import LinearAlgebra

/// `mixlab causes`: which training samples made a network fail.
///
///     r̃(z) = log p(z|θ̂) − log p(z|θ̂*)
public struct ArrayCauses: Sendable {
  /// The files.
  public var inputs: FailureInputs
  /// How the network is moved toward the failures.
  public var influence: FailureInfluence
  /// Which samples count as causes.
  public var selection: CauseSelection
  /// Learning rate of fine-tuning, on the mean loss of the failures.
  public var learningRate: Double

  /// A search for causes.
  public init(
    inputs: FailureInputs, influence: FailureInfluence,
    selection: CauseSelection, learningRate: Double = 0.01
  ) {
    self.inputs = inputs
    self.influence = influence
    self.selection = selection
    self.learningRate = learningRate
  }

  /// Writes `values.npy` [n], `causes.csv`, `queries.npy`, `holdout.npy`, the
  /// figure `sheet` where images are squares, and `result.json`.
  ///
  /// - Parameter note: Is given what the user should know.
  public func run(
    output: String, overwrite: Bool, formats: [Gnuplot.Format],
    note: (String) -> Void
  ) throws {
    try OutputFolder.check(path: output, overwrite: overwrite)
    let material = try FailureMaterial(inputs)
    let found = try causes(material)
    let causes = selection.causes(found.values)
    let predictions = material.train.predictedClasses(
      material.network, team: material.team)
    var table = CSVTable(header: [
      "rank", "index", "value", "label", "predicted",
    ])
    for (rank, index) in causes.enumerated() {
      table.append([
        .int(rank + 1), .int(index), .double(found.values[index]),
        .int(Int(material.train.labels[index])),
        .int(Int(predictions[index])),
      ])
    }
    let folder = try OutputFolder(path: output, overwrite: overwrite)
    try folder.write(
      ShapedArray(shape: [found.values.count], values: found.values),
      as: "values.npy")
    try material.failures.write(to: folder)
    try folder.write(table.text, as: "causes.csv")
    var configuration = inputs.configuration
    configuration["influence"] = .string(influence.rawValue)
    if influence == .fineTuning {
      configuration["learningRate"] = .double(learningRate)
    }
    configuration["selection"] = selection.value
    var result: ConfigurationValue = [
      "command": "causes", "configuration": configuration,
      "version": .string(mixlabVersion), "seed": .int(inputs.seed),
      "blas": blasValue, "failures": material.value,
      "priorPrecision": .double(material.posterior.priorPrecision),
      "causes": .int(causes.count),
      "positiveValues": .int(found.values.count { $0 > 0 }),
    ]
    if let ascent = found.ascent {
      result["ascent"] = ascent.value
      if !ascent.hasConverged {
        note(
          "the ascent of EWC influence ended before the maximum, after "
            + ascent.text + ": "
            + (ascent.steps == inputs.steps
              ? "raise --steps"
              : "no step raises the objective, as at a kink of ReLU"))
      }
    }
    if let text = selection.note(
      found: causes.count, of: found.values.count)
    {
      note(text)
    }
    let sheet = sheet(material, found.values, predictions)
    // Without gnuplot all else is there: data, script and, last, the result.
    let place = URL(filePath: output, directoryHint: .isDirectory)
    try sheet?.write(to: place, formats: [])
    let drawing = Result { try sheet?.write(to: place, formats: formats) }
    try JSONDocument(result).write(to: folder.file("result.json"))
    _ = try drawing.get()
  }

  private func causes(_ material: FailureMaterial) throws -> FailureCauses {
    let diverged = RepairError.diverged(
      influence.rawValue, learningRate: learningRate)
    let found: FailureCauses
    do {
      found = try FailureCauses(
        influence, posterior: material.posterior, training: material.training,
        failures: material.queries, steps: inputs.steps,
        learningRate: learningRate)
    } catch { throw diverged }
    if let bad = found.values.first(where: { !$0.isFinite }) {
      // Fine-tuning does not use the curvature.
      guard influence != .fineTuning else { throw diverged }
      throw FailureError.damping(
        inputs.damping, found: "a training sample of value \(bad)")
    }
    // At θ̂ itself all values are 0, which ranks nothing.
    if let ascent = found.ascent {
      try FailureError.requireSteps(ascent, inputs.damping)
    }
    return found
  }

  /// The samples with the highest and the lowest values; nil where the images
  /// are no squares of one channel.
  private func sheet(
    _ material: FailureMaterial, _ values: [Double], _ predicted: [Int32]
  ) -> Figure? {
    let pixels = material.train.pixels
    let side = Int(Double(pixels.columnCount).squareRoot().rounded())
    guard side > 1, side * side == pixels.columnCount else { return nil }
    let ranking = FailureCauses.ranking(values)
    let count = min(10, ranking.count)
    let shown = [
      ("highest: causes of failure", Array(ranking.prefix(count))),
      ("lowest: aligned with the failures", ranking.suffix(count).reversed()),
    ]
    let all = shown.flatMap { $0.1 }.flatMap { pixels.row($0) }
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    guard low < high else { return nil }
    return Figure(
      name: "sheet", title: "Training samples by their value for the failures",
      caption: .init(
        "Under each image its value r̃ in nats, its label and the class that "
          + "the network gives it."),
      panels: [
        Panel(
          images: ImageSheet(
            rows: shown.map { title, indices in
              ImageSheet.Row(
                title: title,
                tiles: indices.map {
                  .init(
                    width: side, height: side, values: Array(pixels.row($0)),
                    caption: [
                      ImageReport.text([values[$0]], digits: 3),
                      "label \(material.train.labels[$0])",
                      "seen as \(predicted[$0])",
                    ])
                })
            }, range: low...high))
      ], size: .init(width: 560, height: 232))
  }
}

extension CauseSelection {
  var value: ConfigurationValue {
    switch self {
    case .above(let value): ["above": .double(value)]
    case .top(let count): ["top": .int(count)]
    case .share(let share): ["share": .double(share)]
    }
  }

  /// What is odd about as many causes as were found; nil: nothing.
  func note(found: Int, of count: Int) -> String? {
    if case .top(let wanted) = self, wanted > count {
      return "--top \(wanted): there are \(count) training samples, and all "
        + "are listed"
    }
    guard found == 0 else { return nil }
    return switch self {
    case .above(let value): "no value is above \(value): no cause is listed"
    case .top: nil
    case .share(let share):
      "--share \(share) of \(count) training samples rounds to none: no cause "
        + "is listed"
    }
  }
}

public import LinearAlgebra
public import Mixing

/// The design of mixed samples: row s is φ(λ_s x_i + (1 − λ_s) x_j).
///
/// Rows are formed when they are asked for, never all at once. With weights
/// w_s of sum 1 the loss is ½Σ_s w_s(θᵀφ_s − y_s)²: rows and labels are then
/// multiplied by √(m·w_s), so that everything else stays as it is.
public struct MixedDesign: DesignRows, Equatable {
  /// Inputs x as rows, n × p.
  public let inputs: Matrix<Double>
  /// Which inputs are mixed, and how.
  public let samples: MixedSamples
  /// φ.
  public let map: FeatureMap
  /// √(m·w_s); empty where all samples weigh the same.
  private let scales: [Double]

  /// A design.
  ///
  /// - Parameter weights: w_s > 0 of sum 1; the same for all without.
  public init(
    inputs: Matrix<Double>, samples: MixedSamples, map: FeatureMap,
    weights: [Double]? = nil
  ) {
    precondition(
      map.inputDimension == inputs.columnCount,
      "inputs of \(inputs.columnCount) numbers for a map of "
        + "\(map.inputDimension)")
    precondition(
      weights?.count ?? samples.count == samples.count,
      "\(weights?.count ?? 0) weights for \(samples.count) samples")
    self.inputs = inputs
    self.samples = samples
    self.map = map
    scales = (weights ?? []).map {
      (Double(samples.count) * $0).squareRoot()
    }
  }

  /// Number of mixed samples m.
  public var rowCount: Int { samples.count }

  /// Number of features d.
  public var featureDimension: Int { map.featureDimension }

  /// λ_s x_i + (1 − λ_s) x_j of the samples in `range`, as rows.
  public func mixedInputs(_ range: Range<Int>) -> Matrix<Double> {
    let p = inputs.columnCount
    let elements = [Double](unsafeUninitializedCapacity: range.count * p) {
      out, count in
      count = range.count * p
      inputs.withUnsafeElements { x in
        for (row, s) in range.enumerated() {
          let (i, j) = (Int(samples.first[s]), Int(samples.second[s]))
          let weight = samples.weights[s]
          for k in 0..<p {
            out.initializeElement(
              at: row * p + k,
              to: weight * x[i * p + k] + (1 - weight) * x[j * p + k])
          }
        }
      }
    }
    return Matrix(rowCount: range.count, columnCount: p, elements: elements)
  }

  /// Calls `body` with φ of the mixed inputs in `range`.
  public func withRows<Result>(
    _ range: Range<Int>, _ body: (UnsafePointer<Double>) -> Result
  ) -> Result {
    var rows = map.features(of: mixedInputs(range))
    if !scales.isEmpty { rows = rows.scalingRows(by: Array(scales[range])) }
    return rows.withRows(0..<range.count, body)
  }

  /// λ_s y_i + (1 − λ_s) y_j, scaled like the rows.
  ///
  /// - Precondition: one label per input.
  public func mixedLabels(_ labels: [Double]) -> [Double] {
    precondition(
      labels.count == inputs.rowCount,
      "\(labels.count) labels for \(inputs.rowCount) inputs")
    return scaled(
      (0..<rowCount).map { s in
        let weight = samples.weights[s]
        return weight * labels[Int(samples.first[s])]
          + (1 - weight) * labels[Int(samples.second[s])]
      })
  }

  /// f of the mixed inputs, scaled like the rows.
  ///
  /// - Parameter target: f of each row of a matrix.
  public func cleanLabels(
    _ target: (Matrix<Double>) -> [Double]
  ) -> [Double] {
    scaled(blocks(of: 0..<rowCount).flatMap { target(mixedInputs($0)) })
  }

  private func scaled(_ labels: [Double]) -> [Double] {
    scales.isEmpty ? labels : zip(scales, labels).map { $0 * $1 }
  }

  /// The design of the samples chosen alone.
  ///
  /// - Precondition: one flag per sample, and no weights.
  public func keeping(_ chosen: [Bool]) -> MixedDesign {
    precondition(
      chosen.count == rowCount && scales.isEmpty,
      "\(chosen.count) flags for \(rowCount) samples of equal weight")
    func kept<Element>(_ values: [Element]) -> [Element] {
      zip(values, chosen).filter(\.1).map(\.0)
    }
    return MixedDesign(
      inputs: inputs,
      samples: MixedSamples(
        first: kept(samples.first), second: kept(samples.second),
        weights: kept(samples.weights)), map: map)
  }
}

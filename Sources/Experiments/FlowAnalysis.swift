import ArrayFiles
import LinearAlgebra
import RandomFeature

/// The closed-form dynamics of one design, with the results that the file
/// contract names.
struct FlowAnalysis {
  let labels: [Double]
  let cleanLabels: [Double]
  let initial: [Double]
  let learningRate: Double
  let times: [Double]
  let steps: [Int]?

  /// Threads of all that is computed; fixed, since last bits depend on those
  /// of a decomposition.
  private static let threads = 2

  /// What was found.
  struct Result {
    let flow: MixupFlow
    let parameters: Matrix<Double>
    let descent: Matrix<Double>?
    let noise: [Double]
    let decomposeSeconds: Double
    let evaluateSeconds: Double

    private var arrays: [(name: String, shape: [Int], values: [Double])] {
      let d = flow.design.featureDimension
      let spectrum = flow.design.spectrum
      return [("theta.npy", [parameters.rowCount, d], parameters.elements)]
        + (descent.map {
          [("theta-steps.npy", [$0.rowCount, d], $0.elements)]
        } ?? [])
        + [
          ("theta-star.npy", [d], flow.cleanSolution),
          ("theta-noise.npy", [d], noise),
          ("theta-limit.npy", [d], flow.limit),
          ("spectrum.npy", [spectrum.count], spectrum),
        ]
    }

    var isFinite: Bool {
      arrays.allSatisfy { $0.values.allSatisfy { $0.isFinite } }
    }

    func writeArrays(_ folder: OutputFolder) throws(FileError) {
      for (name, shape, values) in arrays {
        try folder.write(ShapedArray(shape: shape, values: values), as: name)
      }
    }

    func document(configuration: ConfigurationValue) -> JSONDocument {
      let design = flow.design
      let why = "the design is zero: θ stays at its start"
      return JSONDocument(
        [
          "command": "random-feature",
          "configuration": configuration,
          "version": .string(mixlabVersion),
          "blas": blasValue,
          "route": .string(design.route.rawValue),
          "rank": .int(design.rank),
          "conditionNumber": .double(design.conditionNumber ?? .nan),
          "smallestRetainedEigenvalue": .double(
            design.eigenvalues.last ?? .nan),
          "noiseNorm": .double(Double.nrm2(noise.count, noise)),
          "largestStableLearningRate": .double(
            design.largestStableLearningRate ?? .infinity),
        ],
        notes: design.rank == 0
          ? [
            "conditionNumber": why, "smallestRetainedEigenvalue": why,
            "largestStableLearningRate": "every step size is stable: " + why,
          ] : [:])
    }
  }

  /// Decomposes the design and evaluates flow and descent.
  ///
  /// - Throws: `LinearAlgebraError`; `RandomFeatureError.diverged` where
  ///   gradient descent leaves the numbers' range.
  func solve(_ design: some DesignRows) throws -> Result {
    let start = ContinuousClock.now
    let spectral = try SpectralDesign(design, threads: Self.threads)
    let decomposed = ContinuousClock.now
    let flow = MixupFlow(
      design: spectral, rows: design, labels: labels,
      cleanLabels: cleanLabels, initial: initial, learningRate: learningRate,
      threads: Self.threads)
    let parameters = flow.parameters(at: times, threads: Self.threads)
    let descent = steps.map {
      flow.parameters(afterSteps: $0, threads: Self.threads)
    }
    if let descent, let steps,
      let bad = (0..<descent.rowCount).first(where: { row in
        !descent.row(row).allSatisfy { $0.isFinite }
      })
    {
      throw RandomFeatureError.diverged(
        steps: steps[bad], learningRate: learningRate,
        largestStable: spectral.largestStableLearningRate ?? .infinity)
    }
    let evaluated = ContinuousClock.now
    return Result(
      flow: flow, parameters: parameters, descent: descent,
      noise: flow.noiseSolution,
      decomposeSeconds: (decomposed - start) / .seconds(1),
      evaluateSeconds: (evaluated - decomposed) / .seconds(1))
  }
}

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

  /// Threads of all that is computed.
  ///
  /// The commands leave it, since last bits depend on those of a decomposition.
  var threads = 2

  /// From so many features on, the flow is computed without the eigenvectors of
  /// K where that is all that is asked for.
  private static let tridiagonalDimension = 256

  /// What was found.
  struct Result {
    let parameters: Matrix<Double>
    let descent: Matrix<Double>?
    let clean: [Double]
    let noise: [Double]
    let limit: [Double]
    let spectrum: [Double]
    /// How the design was decomposed.
    let route: String
    let rank: Int
    /// 2/μ₁; nil for a design of zeros.
    let largestStableLearningRate: Double?
    let decomposeSeconds: Double
    let evaluateSeconds: Double

    private var arrays: [(name: String, shape: [Int], values: [Double])] {
      let d = clean.count
      return [("theta.npy", [parameters.rowCount, d], parameters.elements)]
        + (descent.map {
          [("theta-steps.npy", [$0.rowCount, d], $0.elements)]
        } ?? [])
        + [
          ("theta-star.npy", [d], clean),
          ("theta-noise.npy", [d], noise),
          ("theta-limit.npy", [d], limit),
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
      let retained = spectrum.prefix(rank)
      let why = "the design is zero: θ stays at its start"
      return JSONDocument(
        [
          "command": "random-feature",
          "configuration": configuration,
          "version": .string(mixlabVersion),
          "blas": blasValue,
          "route": .string(route),
          "rank": .int(rank),
          "conditionNumber": .double(
            retained.first.map { $0 / (retained.last ?? $0) } ?? .nan),
          "smallestRetainedEigenvalue": .double(retained.last ?? .nan),
          "noiseNorm": .double(Double.nrm2(noise.count, noise)),
          "largestStableLearningRate": .double(
            largestStableLearningRate ?? .infinity),
        ],
        notes: rank == 0
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
    let (m, d) = (design.rowCount, design.featureDimension)
    let canReduce = steps == nil && d >= Self.tridiagonalDimension && d <= m
    if canReduce, let found = try solveWithoutModes(design) { return found }
    let start = ContinuousClock.now
    let spectral = try SpectralDesign(
      design, threads: threads, triesGram: !canReduce)
    let decomposed = ContinuousClock.now
    let flow = MixupFlow(
      design: spectral, rows: design, labels: labels,
      cleanLabels: cleanLabels, initial: initial, learningRate: learningRate,
      threads: threads)
    let parameters = flow.parameters(at: times, threads: threads)
    let descent = steps.map {
      flow.parameters(afterSteps: $0, threads: threads)
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
      parameters: parameters, descent: descent, clean: flow.cleanSolution,
      noise: flow.noiseSolution, limit: flow.limit, spectrum: spectral.spectrum,
      route: spectral.route.rawValue, rank: spectral.rank,
      largestStableLearningRate: spectral.largestStableLearningRate,
      decomposeSeconds: (decomposed - start) / .seconds(1),
      evaluateSeconds: (evaluated - decomposed) / .seconds(1))
  }

  /// The flow by the tridiagonal form of K; nil where its condition asks for
  /// another route.
  private func solveWithoutModes(_ design: some DesignRows) throws -> Result? {
    let start = ContinuousClock.now
    guard let reduced = try TridiagonalDesign(design, threads: threads)
    else { return nil }
    let decomposed = ContinuousClock.now
    // Where numbers overflow, the other routes carry infinities into their
    // results, and the command finds and names them.
    guard
      let flow = try? TridiagonalFlow(
        design: reduced, rows: design, labels: labels,
        cleanLabels: cleanLabels, initial: initial,
        learningRate: learningRate, threads: threads)
    else { return nil }
    let parameters = flow.parameters(at: times, threads: threads)
    let evaluated = ContinuousClock.now
    let spectrum = reduced.eigenvalues
    return Result(
      parameters: parameters, descent: nil, clean: flow.cleanSolution,
      noise: flow.noiseSolution, limit: flow.limit, spectrum: spectrum,
      route: TridiagonalDesign.route, rank: spectrum.count,
      largestStableLearningRate: spectrum.first.map { 2 / $0 },
      decomposeSeconds: (decomposed - start) / .seconds(1),
      evaluateSeconds: (evaluated - decomposed) / .seconds(1))
  }
}

import Foundation
import LinearAlgebra
import RandomFeature
import Randomness
import VectorMath

/// The mixup flow of a random-feature design of 2,000 × 1,000 at 1,000 times
/// up to 10⁵/μ_max.
struct MixupFlows {
  static let (samples, features, times) = (2_000, 1_000, 1_000)

  private let design: Matrix<Double>
  private let labels: [Double]
  private let start: [Double]
  private let grid: [Double]
  private let threads: Int
  private let reduced: TridiagonalDesign

  init(threads: Int) throws {
    var stream = RandomStream(rootSeed: 0, name: "mixup-flow")
    let (m, d) = (Self.samples, Self.features)
    let numbers = stream.normals(count: m * d)
    // Columns scaled by 1 … 0.1, so that small eigenvalues take their time.
    design = Matrix(rowCount: m, columnCount: d) { row, column in
      numbers[row * d + column]
        * pow(10, -Double(column) / Double(d - 1))
    }
    labels = stream.normals(count: m)
    start = stream.normals(count: d).map { $0 / Double(d).squareRoot() }
    self.threads = threads
    reduced = try Self.reduced(design, threads)
    let largest = reduced.eigenvalues[0]
    grid = (0..<Self.times).map {
      pow(10, -2 + 7 * Double($0) / Double(Self.times - 1)) / largest
    }
  }

  /// As `mixlab random-feature` computes the flow at this size.
  private static func reduced(
    _ design: Matrix<Double>, _ threads: Int
  ) throws -> TridiagonalDesign {
    guard let reduced = try TridiagonalDesign(design, threads: threads) else {
      preconditionFailure("the design's condition asks for another route")
    }
    return reduced
  }

  /// Decomposition and evaluation.
  func newDesign() throws -> Double {
    try evaluate(try Self.reduced(design, threads))
  }

  /// Other labels on a design that is decomposed: evaluation alone.
  func newLabels() throws -> Double { try evaluate(reduced) }

  private func evaluate(_ reduced: TridiagonalDesign) throws -> Double {
    let flow = try TridiagonalFlow(
      design: reduced,
      cleanMoment: design.labelMoment(labels, threads: threads),
      noiseMoment: [Double](repeating: 0, count: Self.features),
      initial: start, learningRate: 1, threads: threads)
    let last = flow.parameters(at: grid, threads: threads)
      .row(Self.times - 1)
    return last.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// By the eigenvectors of K, which risks and steps of descent need.
  func byEigenvectors() throws -> Double {
    let flow = MixupFlow(
      design: try SpectralDesign(design, threads: threads),
      labelMoment: design.labelMoment(labels, threads: threads),
      cleanLabelMoment: [Double](repeating: 0, count: Self.features),
      initial: start, learningRate: 1)
    let last = flow.parameters(at: grid, threads: threads)
      .row(Self.times - 1)
    return last.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// The LAPACK and GEMM calls of that size and nothing else.
  func calls() throws -> Double {
    try OpenBLAS.withThreads(threads) {
      let eigen = try SymmetricEigen(design.gram(transposingSelf: true))
      let weights = Matrix(
        rowCount: Self.times, columnCount: Self.features, repeating: 1.0)
      return weights.multiplied(by: eigen.vectorsTransposed)[0, 0]
    }
  }
}

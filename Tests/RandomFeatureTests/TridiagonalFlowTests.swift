import LinearAlgebra
import RandomFeature
import Randomness
import RealModule
import TestSupport
import Testing

@Suite("The flow without the eigenvectors of K")
struct TridiagonalFlowTests {
  /// A design whose K has known modes and eigenvalues: columns of √(mμ_k) in
  /// turn, mirrored by a reflection.
  struct Known {
    let design: Matrix<Double>
    let values: [Double]
    let way: [Double]
    let initial: [Double]
    private let mirror: [Double]

    init(_ values: [Double], seed: UInt64 = 1) {
      let d = values.count
      var stream = RandomStream(rootSeed: seed, name: "known-modes")
      let normal = stream.normals(count: d)
      let square = normal.reduce(0) { $0 + $1 * $1 }
      let m = d + 3
      self.values = values
      design = Matrix(rowCount: m, columnCount: d) { row, column in
        guard row < d else { return 0 }
        let reflected =
          (row == column ? 1 : 0) - 2 * normal[row] * normal[column] / square
        return (Double(m) * values[row]).squareRoot() * reflected
      }
      mirror = normal
      way = stream.normals(count: d)
      initial = stream.normals(count: d)
    }

    /// Σ_k c_k v_k.
    func vector(_ coordinates: [Double]) -> [Double] {
      let square = mirror.reduce(0) { $0 + $1 * $1 }
      let share =
        2 * zip(mirror, coordinates).reduce(0) { $0 + $1.0 * $1.1 } / square
      return zip(coordinates, mirror).map { $0 - share * $1 }
    }

    func flow(learningRate: Double) throws -> TridiagonalFlow {
      // Φᵀỹ/m = K(θ₀ + Σ_k w_k v_k)
      let target = zip(initial, vector(way)).map { $0 + $1 }
      let moment = design.gram(transposingSelf: true).multiplied(by: target)
        .map { $0 / Double(design.rowCount) }
      return try TridiagonalFlow(
        design: try #require(try TridiagonalDesign(design)),
        labelMoment: moment,
        cleanLabelMoment: [Double](repeating: 0, count: values.count),
        initial: initial, learningRate: learningRate)
    }

    /// θ_t − θ₀.
    func moved(_ time: Double, learningRate: Double) -> [Double] {
      vector(
        zip(values, way).map {
          time == 0 ? 0 : -Double.expMinusOne(-learningRate * $0 * time) * $1
        })
    }
  }

  @Test(
    "Known modes, at times over all scales, for conditions up to 10⁷",
    arguments: [0, 0.05, 0.3, 1, 2.7, 5, 7])
  func known(_ decades: Double) throws {
    let d = 150
    let values = (0..<d).map {
      3 * Double.pow(10, -decades * Double($0) / Double(d - 1))
    }
    let known = Known(values)
    let (rate, condition) = (0.6, Double.pow(10, decades))
    let flow = try known.flow(learningRate: rate)
    let times =
      [0] + stride(from: -6.0, through: 9, by: 0.25).map { Double.pow(10, $0) }
      + [.infinity]
    let found = flow.parameters(at: times)
    for (row, time) in times.enumerated() {
      let exact = known.moved(time, learningRate: rate)
      let error = distance(
        zip(found.row(row), known.initial).map { $0 - $1 }, exact)
      // Rounding of K, divided by its smallest eigenvalue; of θ₀ itself.
      let bound =
        32 * .ulpOfOne
        * (condition.squareRoot() * norm(exact) * condition.squareRoot()
          + norm(known.initial))
      #expect(error <= bound, "t = \(time): \(error) of \(norm(exact))")
    }
    #expect(
      distance(
        flow.limit, zip(known.initial, known.vector(known.way)).map { $0 + $1 })
        <= 32 * .ulpOfOne * condition * norm(known.way) * 4)
  }

  @Test("The modes that a start sees are few", arguments: [1, 3, 6])
  func count(_ decades: Double) throws {
    let d = 200
    let known = Known(
      (0..<d).map { Double.pow(10, -decades * Double($0) / Double(d - 1)) })
    let count = try known.flow(learningRate: 1).modeCount
    #expect(count < 12 + Int(17 * decades) && count < d)
  }

  @Test("As the flow by eigenvectors, with labels of both kinds")
  func eigenvectors() throws {
    for shape in [
      DesignCase(rows: 60, features: 40, rank: 40),
      DesignCase(rows: 7, features: 4, rank: 4),
      DesignCase(rows: 3, features: 1, rank: 1),
    ] {
      let problem = shape.problem()
      let expected = try problem.flow()
      let found = try TridiagonalFlow(
        design: try #require(try TridiagonalDesign(problem.design)),
        rows: problem.design, labels: problem.labels,
        cleanLabels: problem.cleanLabels, initial: problem.initial,
        learningRate: expected.learningRate)
      let tolerance = FlowTests.tolerance(expected)
      let times = FlowTests.times + [.infinity]
      #expect(
        largestDifference(
          found.parameters(at: times).elements,
          expected.parameters(at: times).elements) <= tolerance)
      for (ours, theirs) in [
        (found.cleanSolution, expected.cleanSolution),
        (found.noiseSolution, expected.noiseSolution),
        (found.limit, expected.limit),
      ] { #expect(distance(ours, theirs) <= tolerance) }
      #expect(
        largestDifference(
          found.design.eigenvalues, expected.design.eigenvalues)
          <= 64 * .ulpOfOne * expected.design.eigenvalues[0])
    }
  }

  @Test("A start at the end, and a start off it by one mode")
  func fewModes() throws {
    let known = Known((0..<20).map { 2 - Double($0) / 20 })
    let flow = try known.flow(learningRate: 1)
    func restarted(_ initial: [Double]) throws -> TridiagonalFlow {
      let target = flow.limit
      let moment = known.design.gram(transposingSelf: true).multiplied(
        by: target
      ).map { $0 / Double(known.design.rowCount) }
      return try TridiagonalFlow(
        design: flow.design, labelMoment: moment, cleanLabelMoment: moment,
        initial: initial, learningRate: 1)
    }
    // What rounding leaves is all that moves.
    let still = try restarted(flow.limit).parameters(at: [0, 1, .infinity])
    for row in 0..<3 {
      #expect(distance(still.row(row), flow.limit) < 1e-13 * norm(flow.limit))
    }
    let mode = known.vector((0..<20).map { $0 == 7 ? 1 : 0 })
    let start = zip(flow.limit, mode).map { $0 - $1 }
    let moved = try restarted(start).parameters(at: [1.5])
    let left = Double.exp(-1.5 * known.values[7])
    #expect(
      distance(moved.row(0), zip(flow.limit, mode).map { $0 - left * $1 })
        < 1e-13 * norm(flow.limit))
    let zero = [Double](repeating: 0, count: 20)
    let nothing = try TridiagonalFlow(
      design: flow.design, labelMoment: zero, cleanLabelMoment: zero,
      initial: zero, learningRate: 1)
    #expect(nothing.modeCount == 0)
    #expect(nothing.parameters(at: [2]).elements == zero)
  }

  @Test("Designs that want another route are refused")
  func refused() throws {
    func design(_ m: Int, _ values: [Double]) -> Matrix<Double> {
      Matrix(rowCount: m, columnCount: values.count) {
        $0 == $1 ? values[$1] : 0
      }
    }
    #expect(try TridiagonalDesign(design(2, [1, 1, 1])) == nil)
    #expect(try TridiagonalDesign(design(4, [0, 0, 0])) == nil)
    #expect(try TridiagonalDesign(design(4, [1, 1, 0])) == nil)
    // A condition of K of 10¹⁰.
    #expect(try TridiagonalDesign(design(4, [1e5, 1, 1])) == nil)
    #expect(try TridiagonalDesign(design(4, [1e200, 1e200])) == nil)
    #expect(try TridiagonalDesign(design(4, [1e3, 1, 1])) != nil)
  }
}

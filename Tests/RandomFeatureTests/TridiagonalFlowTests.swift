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

    init(_ values: [Double], isSlow: Bool = false) {
      let d = values.count
      var stream = RandomStream(rootSeed: 1, name: "known-modes")
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
      // What is far away lies in slow modes.
      way = zip(stream.normals(count: d), values).map {
        isSlow ? $0 / $1 : $0
      }
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
      let square = mirror.reduce(0) { $0 + $1 * $1 }
      let share =
        2 * zip(mirror, initial).reduce(0) { $0 + $1.0 * $1.1 } / square
      let coordinates = zip(initial, mirror).map { $0 - share * $1 }
      let moment = vector(
        values.indices.map { values[$0] * (coordinates[$0] + way[$0]) })
      return try TridiagonalFlow(
        design: try #require(try TridiagonalDesign(design)),
        cleanMoment: moment,
        noiseMoment: [Double](repeating: 0, count: values.count),
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
    arguments: [0, 0.05, 0.3, 1, 2.7, 5, 7], [false, true])
  func known(_ decades: Double, _ isSlow: Bool) throws {
    let d = 150
    let values = (0..<d).map {
      3 * Double.pow(10, -decades * Double($0) / Double(d - 1))
    }
    let known = Known(values, isSlow: isSlow)
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
      // Rounding of K turns slow modes where they move: its smallest eigenvalue
      // divides it. Before the fastest moves far, nothing is divided.
      let isEarly = rate * values[0] * time <= 1
      let bound =
        32 * .ulpOfOne
        * ((isEarly ? 8 : condition) * norm(exact) + norm(known.initial))
      #expect(error <= bound, "t = \(time): \(error) of \(norm(exact))")
    }
    #expect(
      distance(
        flow.limit, zip(known.initial, known.vector(known.way)).map { $0 + $1 })
        <= 32 * .ulpOfOne * condition * norm(known.way))
  }

  @Test("The modes that a start sees are few", arguments: [1, 3, 6])
  func count(_ decades: Double) throws {
    let d = 200
    let known = Known(
      (0..<d).map { Double.pow(10, -decades * Double($0) / Double(d - 1)) })
    let count = try known.flow(learningRate: 1).modeCount
    // Two, and 7 for each e-fold of four times the condition.
    #expect(count <= 12 + Int((16.2 * decades).rounded(.up)))
  }

  @Test("Noise that is small beside the labels keeps its digits")
  func smallNoise() throws {
    var problem = DesignCase(rows: 60, features: 40, rank: 40).problem()
    let noise = zip(problem.labels, problem.cleanLabels).map { $0 - $1 }
    // Powers of two, so that ỹ − ỹ* is exact.
    let clean = problem.cleanLabels.map { ($0 * 64).rounded() * 0x1p10 }
    let small = noise.map { ($0 * 64).rounded() * 0x1p-26 }
    problem = Problem(
      design: problem.design, labels: zip(clean, small).map { $0 + $1 },
      cleanLabels: clean, initial: problem.initial)
    let expected = try problem.flow()
    let found = try TridiagonalFlow(
      design: try #require(try TridiagonalDesign(problem.design)),
      rows: problem.design, labels: problem.labels, cleanLabels: clean,
      initial: problem.initial, learningRate: expected.learningRate)
    let condition = try #require(expected.design.conditionNumber)
    #expect(
      distance(found.noiseSolution, expected.noiseSolution)
        <= 64 * .ulpOfOne * condition * norm(expected.noiseSolution))
  }

  @Test("What is not finite is an error, not a trap")
  func notFinite() throws {
    let known = Known([1, 0.5, 0.25])
    let design = try #require(try TridiagonalDesign(known.design))
    for (moment, start) in [
      ([Double.infinity, 0, 0], [0.0, 0, 0]), ([0, 0, 0], [0, .nan, 0]),
      ([1e308, 1e308, 1e308], [0, 0, 0]),
    ] {
      #expect(throws: LinearAlgebraError.self) {
        try TridiagonalFlow(
          design: design, cleanMoment: moment, noiseMoment: [0, 0, 0],
          initial: start, learningRate: 1)
      }
    }
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
        design: flow.design, cleanMoment: moment,
        noiseMoment: moment.map { _ in 0 }, initial: initial, learningRate: 1)
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
      design: flow.design, cleanMoment: zero, noiseMoment: zero, initial: zero,
      learningRate: 1)
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

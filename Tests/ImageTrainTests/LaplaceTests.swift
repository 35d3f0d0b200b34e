import LinearAlgebra
import Networks
import Randomness
import RealModule
import TestSupport
import Testing
import VectorMath

@testable import ImageTrain

@Suite("Laplace posteriors against the Gauss–Newton matrix")
struct LaplaceTests {
  private static var team: ThreadTeam { ThreadTeam(size: 2) }
  private static let priorPrecision = 0.5

  private static func images(_ count: Int) -> Matrix<Double> {
    var stream = RandomStream(rootSeed: 5, name: "images")
    return Matrix(rowCount: count, columnCount: 3) { _, _ in stream.normal() }
  }

  private static func full(
    _ network: DenseNetwork<Double>, _ images: Matrix<Double>
  ) throws -> FullLaplace<Double> {
    try FullLaplace(
      around: network, images: images, priorPrecision: priorPrecision,
      team: team)
  }

  @Test(
    "The full curvature is JᵀHJ with J by difference quotients",
    arguments: [Activation.tanh, .softplus])
  func differences(_ activation: Activation) throws {
    let network = randomNetwork([3, 4, 3], activation)
    let images = Self.images(4)
    let order = network.shape.parameterCount
    var expected = Matrix<Double>(
      rowCount: order, columnCount: order, repeating: 0)
    var (empirical, bound) = (expected, expected)
    for n in 0..<images.rowCount {
      let image = Array(images.row(n))
      func logits(_ parameter: Int, _ value: Double) -> [Double] {
        var naive = NaiveNetwork(network)
        naive.parameters[parameter] = value
        return naive.jet(image, along: [0, 0, 0]).logits
      }
      let f = logits(0, network.parameters[0])
      let total = f.reduce(0) { $0 + .exp($1) }
      let p = f.map { .exp($0) / total }
      let slopes = (0..<order).map { j in
        (0..<3).map { c in
          DifferenceQuotient(
            at: network.parameters[j], operations: 32,
            magnitude: 1 + abs(f[c])
          ) { logits(j, $0)[c] }
        }
      }
      for i in 0..<order {
        for j in 0..<order {
          for c in 0..<3 {
            for d in 0..<3 {
              let h = (c == d ? p[c] : 0) - p[c] * p[d]
              // The label of every image is 0.
              let e = ((c == 0 ? 1 : 0) - p[c]) * ((d == 0 ? 1 : 0) - p[d])
              let (a, b) = (slopes[i][c], slopes[j][d])
              expected[i, j] += a.value * h * b.value
              empirical[i, j] += a.value * e * b.value
              bound[i, j] +=
                abs(h)
                * (a.bound * abs(b.value) + b.bound * abs(a.value)
                  + a.bound * b.bound
                  + 64 * Double.ulpOfOne * abs(a.value * b.value))
            }
          }
        }
      }
    }
    let curvature = try Self.full(network, images).curvature
    var rejected = 0
    for i in 0..<order {
      for j in 0..<order {
        let error = abs(curvature[i, j] - expected[i, j])
        #expect(error <= bound[i, j])
        if abs(curvature[i, j] - empirical[i, j]) > 100 * bound[i, j] {
          rejected += 1
        }
      }
    }
    // The empirical Fisher matrix is another one.
    #expect(rejected > order * order / 2)
  }

  /// The largest element of M·Mᵀ·P − I, where M maps normals to displacements.
  private static func defect(
    precision: Matrix<Double>, _ map: ([Double]) -> [Double]
  ) -> Double {
    let order = precision.rowCount
    let columns = (0..<order).flatMap { unit in
      map((0..<order).map { $0 == unit ? 1 : 0 })
    }
    // Row i is column i of M.
    let transposed = Matrix(
      rowCount: order, columnCount: order, elements: columns)
    let product = transposed.gram(transposingSelf: true)
      .multiplied(by: precision)
    return largestDifference(
      product.elements, Matrix<Double>.identity(order).elements)
  }

  /// What a draw adds to the mean for the normals given.
  private static func displacement(
    _ laplace: some LaplacePosterior<Double>, _ normals: [Double]
  ) -> [Double] {
    laplace.applying(
      { 1 / ($0 + laplace.priorPrecision).squareRoot() }, to: normals)
  }

  private static func damped(_ curvature: Matrix<Double>) -> Matrix<Double> {
    Matrix(
      rowCount: curvature.rowCount, columnCount: curvature.columnCount
    ) { curvature[$0, $1] + ($0 == $1 ? priorPrecision : 0) }
  }

  /// Rounding of eigenvectors and products, times the condition.
  private static func bound(_ precision: Matrix<Double>) -> Double {
    let condition = precision.frobeniusNorm / priorPrecision
    return 16 * Double(precision.rowCount) * Double.ulpOfOne * condition
  }

  @Test("Draws of the full posterior have the covariance (F + δI)⁻¹")
  func fullCovariance() throws {
    let laplace = try Self.full(
      randomNetwork([3, 4, 3], .relu), Self.images(6))
    let precision = Self.damped(laplace.curvature)
    let defect = Self.defect(precision: precision) {
      Self.displacement(laplace, $0)
    }
    #expect(defect <= Self.bound(precision))
  }

  /// A sum of products is the product of sums only where all terms agree.
  @Test("One image, repeated: the Kronecker form is the layer's block of F")
  func kroneckerBlocks() throws {
    let network = randomNetwork([3, 4, 3], .softplus)
    let one = Self.images(1)
    let images = Matrix(rowCount: 5, columnCount: 3) { _, column in
      one[0, column]
    }
    let laplace = try KroneckerLaplace(
      around: network, images: images, priorPrecision: Self.priorPrecision,
      team: Self.team)
    let curvature = try Self.full(network, images).curvature
    let shape = network.shape
    for layer in 1...2 {
      let inputs = shape.sizes[layer - 1]
      func place(_ index: Int) -> Int {
        let (o, i) = (index / (inputs + 1), index % (inputs + 1))
        return i < inputs
          ? shape.weightOffset(ofLayer: layer) + o * inputs + i
          : shape.biasOffset(ofLayer: layer) + o
      }
      let order = shape.sizes[layer] * (inputs + 1)
      let block = Matrix(rowCount: order, columnCount: order) {
        curvature[place($0), place($1)]
      }
      let precision = Self.damped(block)
      let map = { (normals: [Double]) -> [Double] in
        var all = [Double](repeating: 0, count: shape.parameterCount)
        for (index, normal) in normals.enumerated() {
          all[place(index)] = normal
        }
        let moved = Self.displacement(laplace, all)
        return normals.indices.map { moved[place($0)] }
      }
      #expect(
        Self.defect(precision: precision, map) <= Self.bound(precision))
      // The curvature of six such images is another one.
      let wrong = Self.damped(
        Matrix(rowCount: order, columnCount: order) { 1.2 * block[$0, $1] })
      #expect(Self.defect(precision: wrong, map) > 1000 * Self.bound(wrong))
    }
  }

  @Test("The diagonal posterior has the diagonal of F")
  func diagonal() throws {
    let network = randomNetwork([3, 4, 3], .tanh)
    let images = Self.images(300)
    let laplace = DiagonalLaplace(
      around: network, images: images, priorPrecision: Self.priorPrecision,
      team: Self.team)
    let full = try Self.full(network, images).curvature
    let shape = network.shape
    for layer in 1...2 {
      let inputs = shape.sizes[layer - 1]
      for o in 0..<shape.sizes[layer] {
        for i in 0...inputs {
          let place =
            i < inputs
            ? shape.weightOffset(ofLayer: layer) + o * inputs + i
            : shape.biasOffset(ofLayer: layer) + o
          let (a, b) = (
            laplace.curvature[layer - 1][o, i], full[place, place]
          )
          // 900 squares, all positive.
          #expect(abs(a - b) <= 900 * Double.ulpOfOne * b)
        }
      }
    }
  }

  @Test("The same bits for any number of threads, another draw each time")
  func reproducible() throws {
    let network = DenseNetwork<Float>(randomNetwork([3, 4, 3], .relu))
    let images = Matrix<Float>(Self.images(1300))
    let draws = try [1, 2].map { size in
      let laplace = try KroneckerLaplace(
        around: network, images: images, priorPrecision: 1,
        team: ThreadTeam(size: size))
      var stream = RandomStream(rootSeed: 2, name: "posterior")
      return [laplace.draw(from: &stream), laplace.draw(from: &stream)]
    }
    #expect(draws[0] == draws[1])
    #expect(draws[0][0] != draws[0][1])
    #expect(draws[0][0] != network)
  }

  @Test("Far from any image the posterior is the prior around the network")
  func prior() throws {
    // Images of zeros show nothing of the first layer's weights.
    let network = randomNetwork([3, 4, 3], .softplus)
    let laplace = DiagonalLaplace(
      around: network,
      images: Matrix(rowCount: 9, columnCount: 3, repeating: 0),
      priorPrecision: 4, team: Self.team)
    var (stream, same) = (
      RandomStream(rootSeed: 8, name: "draw"),
      RandomStream(rootSeed: 8, name: "draw")
    )
    let drawn = laplace.draw(from: &stream)
    #expect(
      drawn.parameters[0] == network.parameters[0] + same.normal() / 2)
  }
}

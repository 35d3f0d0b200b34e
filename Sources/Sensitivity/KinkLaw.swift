internal import LinearAlgebra
internal import RealModule

/// A law of a with a density proportional to a^(p−1)(1−a)^(q−1), and Gauss
/// rules for it on pieces of [0, 1].
///
/// - Numerics: the density is formed from the logarithms of a/m and
///   (1−a)/(1−m), m = p/(p+q), and divided by its own integral, so that neither
///   powers nor B(p, q) leave the numbers' range and no large logarithms
///   cancel: a law of shapes of 10⁴ keeps all but some √10⁴ ulps.
struct KinkLaw: Sendable {
  private let p: Double
  private let q: Double
  /// m, the mean.
  private let mean: Double
  /// How many orders of a pair have this law, over the density's integral.
  private var scale = 1.0
  /// Where pieces are cut, since the density changes a lot on both sides.
  private let cuts: [Double]
  /// The coarse rule and the fine one for each kind of piece.
  private var left: [GaussJacobi] = []
  private var right: [GaussJacobi] = []
  private var inner: [GaussJacobi] = []

  /// Distances of the cuts from the mean, in standard deviations: close where
  /// a Gauss law has its weight, far enough for an exponential tail to end.
  private static let distances: [Double] = [
    1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64,
  ]

  /// The law Beta(`p`, `q`), its weight `orders`.
  init(
    _ p: Double, _ q: Double, orders: Double
  ) throws(LinearAlgebraError) {
    (self.p, self.q) = (p, q)
    let mean = p / (p + q)
    self.mean = mean
    let deviation = (mean * (q / (p + q)) / (p + q + 1)).squareRoot()
    cuts =
      (Self.distances.map { mean - $0 * deviation }.reversed()
      + [mean] + Self.distances.map { mean + $0 * deviation })
      .filter { 0 < $0 && $0 < 1 }
    for count in [KinkIntegrator.nodes.coarse, KinkIntegrator.nodes.fine] {
      left.append(try GaussJacobi(alpha: p, beta: 1, count: count))
      right.append(try GaussJacobi(alpha: q, beta: 1, count: count))
      inner.append(try GaussJacobi(alpha: 1, beta: 1, count: count))
    }
    var integral = 0.0
    for part in parts(0, 1) {
      forEachNode(of: part, rule: 1) { integral += $1 }
    }
    scale = orders / integral
  }

  /// A piece in parts between cuts that keep away from both ends of [0, 1] or
  /// touch just one.
  func parts(_ start: Double, _ end: Double) -> [ClosedRange<Double>] {
    guard start < end else { return [] }
    let places = [start] + cuts.filter { start < $0 && $0 < end } + [end]
    return zip(places, places.dropFirst()).flatMap { Self.halved($0, $1) }
  }

  private static func halved(
    _ start: Double, _ end: Double
  ) -> [ClosedRange<Double>] {
    guard start < end else { return [] }
    if start < 0.5, end > 0.5 {
      return halved(start, 0.5) + halved(0.5, end)
    }
    let distance = start < 0.5 ? start : 1 - end
    if distance == 0 || end - start <= distance { return [start...end] }
    let cut = start < 0.5 ? 2 * start : 2 * end - 1
    return halved(start, cut) + halved(cut, end)
  }

  /// Calls `body` with each node of a part and its weight.
  func forEachNode(
    of part: ClosedRange<Double>, rule: Int,
    _ body: (_ a: Double, _ weight: Double) -> Void
  ) {
    let (start, end) = (part.lowerBound, part.upperBound)
    let length = end - start
    if start == 0 {
      // a = end·s, s ~ Beta(p, 1).
      let power = logPower(p, of: end, over: mean)
      for (s, w) in zip(left[rule].nodes, left[rule].weights) {
        let a = end * s
        let density = power + logPower(q, of: 1 - a, over: q / (p + q))
        body(a, scale * length / p * w * .exp(density))
      }
    } else if end == 1 {
      let power = logPower(q, of: length, over: q / (p + q))
      for (s, w) in zip(right[rule].nodes, right[rule].weights) {
        let a = 1 - length * s
        let density = power + logPower(p, of: a, over: mean)
        body(a, scale * length / q * w * .exp(density))
      }
    } else {
      for (s, w) in zip(inner[rule].nodes, inner[rule].weights) {
        let a = start + length * s
        let density =
          logPower(p, of: a, over: mean)
          + logPower(q, of: 1 - a, over: q / (p + q))
        body(a, scale * length * w * .exp(density))
      }
    }
  }

  /// (shape − 1)·log(x/m), precise near x = m.
  private func logPower(
    _ shape: Double, of x: Double, over m: Double
  ) -> Double {
    (shape - 1)
      * (abs(x - m) < m / 2 ? .log(onePlus: (x - m) / m) : .log(x / m))
  }
}

import RealModule

/// P(X ≤ x) of the standard normal law.
func normalProbability(_ x: Double) -> Double {
  Double.erfc(-x / 2.0.squareRoot()) / 2
}

/// P(X ≤ x) of Gamma(shape, 1), the regularised lower incomplete gamma function.
///
/// Source: NIST DLMF 8.11.4 (series) and 8.9.2 (continued fraction).
func gammaProbability(_ x: Double, shape: Double) -> Double {
  guard x > 0 else { return 0 }
  let front = Double.exp(shape * Double.log(x) - x - Double.logGamma(shape))
  if x < shape + 1 {
    var term = 1 / shape
    var sum = term
    var n = 0.0
    while term > sum * 1e-17 {
      n += 1
      term *= x / (shape + n)
      sum += term
    }
    return front * sum
  }
  let fraction = continuedFraction { n in
    n == 0 ? (1, x + 1 - shape) : (n * (shape - n), x + 2 * n + 1 - shape)
  }
  return 1 - front * fraction
}

/// P(X ≤ x) of Beta(a, b), the regularised incomplete beta function.
///
/// Source: NIST DLMF 8.17.22 (continued fraction) and 8.17.4 (reflection).
func betaProbability(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  guard x <= (a + 1) / (a + b + 2) else {
    return 1 - betaProbability(1 - x, b, a)
  }
  let logFront =
    a * Double.log(x) + b * Double.log(onePlus: -x) - Double.logGamma(a)
    - Double.logGamma(b) + Double.logGamma(a + b)
  let fraction = continuedFraction { n in
    if n == 0 { return (1, 1) }
    let m = ((n - 1) / 2).rounded(.up)
    let isOdd = n.truncatingRemainder(dividingBy: 2) == 1
    let numerator =
      isOdd
      ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    return (numerator, 1)
  }
  return Double.exp(logFront) * fraction / a
}

/// The continued fraction a₀/(b₀ + a₁/(b₁ + …)) by Lentz's method.
private func continuedFraction(
  _ term: (_ n: Double) -> (numerator: Double, denominator: Double)
) -> Double {
  let (first, start) = term(0)
  var value = start
  var c = start
  var d = 0.0
  for n in 1..<10_000 {
    let (a, b) = term(Double(n))
    d = 1 / (b + a * d)
    c = b + a / c
    value *= c * d
    if abs(c * d - 1) < 1e-15 { break }
  }
  return first / value
}

/// The largest distance between the empirical distribution function of some
/// numbers and a continuous one.
func kolmogorovDistance(
  _ values: [Double], _ probability: (Double) -> Double
) -> Double {
  let count = Double(values.count)
  return values.sorted().enumerated().reduce(0) { largest, entry in
    let expected = probability(entry.element)
    let below = expected - Double(entry.offset) / count
    let above = Double(entry.offset + 1) / count - expected
    return max(largest, below, above)
  }
}

/// The distance that `count` draws of the right law exceed with probability at
/// most `failure`.
///
/// Source: Massart 1990 (Dvoretzky–Kiefer–Wolfowitz): P(D > ε) ≤ 2e^(−2nε²).
func kolmogorovBound(count: Int, failure: Double) -> Double {
  (Double.log(2 / failure) / Double(2 * count)).squareRoot()
}

/// How many standard errors the sample mean lies from `mean`.
func standardErrors(
  _ values: [Double], mean: Double, variance: Double
) -> Double {
  let count = Double(values.count)
  let sample = values.reduce(0, +) / count
  return abs(sample - mean) / (variance / count).squareRoot()
}

import FeatureLearning
import Mixing
import Randomness
import RealModule
import Valuation

/// A training method of the patch network as a point of the search.
struct FeatureCandidate: Sendable, Equatable {
  /// Its name in tables.
  let name: String
  /// What it does, in a line.
  let summary: String
  let method: FeatureMethod
  /// The teacher of a guided method.
  let teacher: PatchMethodSettings.Teacher?

  init(
    _ name: String, _ summary: String, _ method: FeatureMethod,
    teacher: PatchMethodSettings.Teacher? = nil
  ) {
    self.name = name
    self.summary = summary
    self.method = method
    self.teacher = teacher
  }

  /// The methods of the slides, at a budget of iterations.
  ///
  /// λ = 0.6 and the stop half-way are D. Zou and others' early-stopped mixup;
  /// RegMixup has its paper's Beta(10, 10), and, since its two losses together
  /// make steps of twice the length, stands there halved too.
  static func slides(iterations: Int) -> [FeatureCandidate] {
    let mixup = FeatureMethod.mixup(weight: 0.6)
    func guided(
      _ filter: SampleFilter, _ teacher: PatchMethodSettings.Teacher
    ) -> FeatureCandidate {
      FeatureCandidate(
        "\(filter.rawValue), \(teacher.rawValue) teacher",
        "λ = 0.6, pairs kept by \(filter.rawValue), teacher \(teacher.rawValue)",
        mixup.guided(by: PairGuidance(filter: filter, period: 10)),
        teacher: teacher)
    }
    return [
      FeatureCandidate("plain", "no mixup", .plain),
      FeatureCandidate("mixup", "λ = 0.6", mixup),
      FeatureCandidate(
        "early-stopped", "λ = 0.6, plain from \(iterations / 2)",
        .earlyStoppedMixup(weight: 0.6, stop: iterations / 2)),
      FeatureCandidate("midpoint", "λ = 0.5", .midpoint),
      FeatureCandidate(
        "RegMixup", "plain + λ ~ Beta(10, 10)",
        .regMixup(weights: .beta(.constant(10), ratio: 1))),
      FeatureCandidate(
        "RegMixup, halved", "half of plain + λ ~ Beta(10, 10)",
        FeatureMethod(
          plainWeight: 0.5, mixedWeight: 0.5,
          weights: .beta(.constant(10), ratio: 1))),
      FeatureCandidate(
        "easy", "α from 10 to 0.1", .mixup(concentration: .easy)),
      FeatureCandidate(
        "hard", "α from 0.1 to 10", .mixup(concentration: .hard)),
      FeatureCandidate(
        "easy-hard-easy", "α 0.1, 10, 0.1",
        .mixup(concentration: .easyHardEasy)),
    ]
      + PatchMethodSettings.Teacher.allCases.flatMap { teacher in
        [SampleFilter.low, .high].map { guided($0, teacher) }
      }
  }

  /// A method drawn at random, number `index` of a search.
  ///
  ///     λ          fixed, uniform on [0.5, 0.95]; or Beta(α, α), α from 0.1
  ///                to 20 in equal ratios, or going from one such α to another
  ///     plain loss  beside the mixed one with chance 0.3, the mixed loss
  ///                weighing 0.1 to 10 times as much; both weights sum to 1, so
  ///                that no method takes longer steps than another
  ///     stop       with chance 0.5, plain training from 0.1 to 0.95 of the
  ///                budget on
  ///     filter     with chance 0.3, low or high by any teacher, decided anew
  ///                every 20, 50 or 100 iterations, from the start or from up
  ///                to half of the budget, or of the way to the stop, on
  static func drawn(
    _ index: Int, iterations: Int, seed: UInt64
  ) -> FeatureCandidate {
    var stream = RandomStream(
      rootSeed: seed, name: "candidate", index: UInt64(index))
    func ratio(_ low: Double, _ high: Double) -> Double {
      rounded(low * Double.pow(high / low, stream.uniform()))
    }
    func moment(_ low: Double, _ high: Double) -> Int {
      Int((Double(iterations) * stream.uniform(in: low...high)).rounded())
    }
    let weights: MixingPlan.Weights
    var parts: [String] = []
    switch stream.index(below: 3) {
    case 0:
      let weight = rounded(stream.uniform(in: 0.5...0.95))
      weights = .fixed(weight)
      parts.append("λ = \(weight)")
    case 1:
      let alpha = ratio(0.1, 20)
      weights = .beta(.constant(alpha), ratio: 1)
      parts.append("α = \(alpha)")
    default:
      let (first, last) = (ratio(0.1, 20), ratio(0.1, 20))
      weights = .beta(
        .table([
          .init(progress: 0, concentration: first),
          .init(progress: 1, concentration: last),
        ]), ratio: 1)
      parts.append("α from \(first) to \(last)")
    }
    var method = FeatureMethod(weights: weights)
    if stream.uniform() < 0.3 {
      let times = ratio(0.1, 10)
      method.mixedWeight = rounded(times / (1 + times))
      method.plainWeight = rounded(1 - method.mixedWeight)
      parts.append(
        "\(method.plainWeight) × plain + \(method.mixedWeight) × mixed")
    }
    if stream.uniform() < 0.5 {
      let stop = moment(0.1, 0.95)
      method.plainFrom = stop
      parts.append("plain from \(stop)")
    }
    var teacher: PatchMethodSettings.Teacher?
    if stream.uniform() < 0.3 {
      let filter: SampleFilter = stream.uniform() < 0.5 ? .low : .high
      let kinds = PatchMethodSettings.Teacher.allCases
      let kind = kinds[stream.index(below: kinds.count)]
      let period = [20, 50, 100][stream.index(below: 3)]
      let start =
        stream.uniform() < 0.5
        ? 0 : min(moment(0, 0.5), (method.plainFrom ?? iterations) / 2)
      method.guidance = PairGuidance(
        filter: filter, startIteration: start, period: period)
      teacher = kind
      parts.append(
        "\(filter.rawValue) by \(kind.rawValue)"
          + (start > 0 ? " from \(start)" : ""))
    }
    return FeatureCandidate(
      "c\(index)", parts.joined(separator: ", "), method, teacher: teacher)
  }

  /// Three decimals, so that a summary says all of a number.
  private static func rounded(_ x: Double) -> Double {
    (1000 * x).rounded() / 1000
  }
}

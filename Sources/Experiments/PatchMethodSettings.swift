public import FeatureLearning
import Mixing
import Valuation

/// A method by its name in an experiment.
public struct PatchMethodSettings: Sendable, Equatable {
  /// The kinds of loss.
  public enum Kind: String, CaseIterable, Sendable {
    case plain, mixup, midpoint, regmixup, mixupe
  }

  /// How a teacher is trained, on the student's initial weights.
  public enum Teacher: String, CaseIterable, Sendable {
    /// Plainly on the training set.
    case plain
    /// By the student's own mixup on the training set.
    case mixup
    /// By the student's own mixup on the training set and as many samples of
    /// the mixed test set.
    case whole
  }

  /// Its name.
  public var name: String
  /// Its kind of loss.
  public var kind: Kind
  /// What is descended.
  public var method: FeatureMethod
  /// The teacher of a filter that needs values.
  public var teacher: Teacher?
  /// The earlier method whose counts a control filter repeats.
  public var replays: String?
}

extension PatchMethodSettings {
  private enum Course: String, CaseIterable {
    case easy, hard
    case easyHardEasy = "easy-hard-easy"

    var schedule: ConcentrationSchedule {
      switch self {
      case .easy: .easy
      case .hard: .hard
      case .easyHardEasy: .easyHardEasy
      }
    }
  }

  /// Reads an element of `methods`.
  init(reader: ConfigurationReader) throws {
    name = try reader.folderName("name")
    kind = try reader.choice("method", default: .mixup)
    let weight = try reader["weight"]?.double(in: .within(0...1))
    let alpha = try reader["alpha"]?.double(in: .within(1e-3...1e4))
    let course: Course? = try reader["schedule"]?.choice()
    let given = [weight != nil, alpha != nil, course != nil].count { $0 }
    guard given == (kind == .plain || kind == .midpoint ? 0 : 1) else {
      throw reader.error(
        "expected one of weight, alpha, schedule with mixup, regmixup and "
          + "mixupe, and none with plain and midpoint, found \(given)")
    }
    var weights = MixingPlan.Weights.fixed(kind == .plain ? 1 : 0.5)
    if let weight { weights = .fixed(weight) }
    if let alpha { weights = .beta(.constant(alpha), ratio: 1) }
    if let course { weights = .beta(course.schedule, ratio: 1) }
    let termWeight = try reader["term-weight"]
    if kind != .mixupe {
      try DirectionalTerm.refuseKeys(in: reader)
      if let termWeight {
        throw termWeight.error("only mixupe has a directional term")
      }
    }
    switch kind {
    case .plain: method = .plain
    case .mixup, .midpoint: method = FeatureMethod(weights: weights)
    case .regmixup: method = .regMixup(weights: weights)
    case .mixupe:
      let (term, rescaled) = try DirectionalTerm.read(reader)
      method = .mixupE(
        weights: weights,
        penalty: DirectionalPenalty(
          weight: try termWeight?.double(in: .positive)
            ?? DirectionalTerm.defaultWeight, term: term, rescaled: rescaled))
    }
    method.plainFrom = try reader["plain-from"]?.int(in: .nonNegative)
    teacher = try reader["teacher"]?.choice()
    replays = try reader["replays"]?.string()
    let filter: SampleFilter? = try reader["filter"]?.choice()
    let period = try reader["period"]?.int(in: .positive)
    let start = try reader["guidance-start"]?.int(in: .nonNegative)
    let stop = try reader["guidance-stop"]?.int(in: .positive)
    let normalization: PairGuidance.Normalization? =
      try reader["normalization"]?.choice()
    guard let filter else {
      guard teacher == nil, replays == nil, period == nil, start == nil,
        stop == nil, normalization == nil
      else {
        throw reader.error(
          "expected a filter with teacher, replays, period, guidance-start, "
            + "guidance-stop or normalization")
      }
      return
    }
    guard start ?? 0 < stop ?? .max else {
      throw reader.error(
        "expected guidance-stop after guidance-start, found \(stop ?? 0) and "
          + "\(start ?? 0)")
    }
    guard kind != .plain else {
      throw reader.error("expected mixed samples under a filter, found plain")
    }
    // Pairs are kept or dropped; the term is one of samples.
    guard kind != .mixupe else {
      throw reader.error("expected mixupe without a filter")
    }
    guard filter.needsValues == (teacher != nil) else {
      throw reader.error(
        filter.needsValues
          ? "expected a teacher for the filter \(filter.rawValue)"
          : "expected no teacher for the filter \(filter.rawValue)")
    }
    guard filter.replays == (replays != nil) else {
      throw reader.error(
        filter.replays
          ? "expected replays: NAME for the filter \(filter.rawValue)"
          : "expected no replays for the filter \(filter.rawValue)")
    }
    method.guidance = PairGuidance(
      filter: filter, normalization: normalization ?? .kept,
      startIteration: start ?? 0, stopIteration: stop, period: period ?? 1)
  }

  /// Written back.
  var value: ConfigurationValue {
    var value: ConfigurationValue = [
      "name": .string(name), "method": .string(kind.rawValue),
    ]
    if kind != .plain && kind != .midpoint {
      switch method.weights {
      case .fixed(let weight): value["weight"] = .double(weight)
      case .beta(.constant(let alpha), _): value["alpha"] = .double(alpha)
      case .beta(let schedule, _):
        let course = Course.allCases.first { $0.schedule == schedule }
        value["schedule"] = .string(course?.rawValue ?? "")
      }
    }
    if let penalty = method.penalty {
      value["term-weight"] = .double(penalty.weight)
      penalty.term.write(to: &value, rescaled: penalty.rescaled)
    }
    if let stop = method.plainFrom { value["plain-from"] = .int(stop) }
    if let teacher { value["teacher"] = .string(teacher.rawValue) }
    if let guidance = method.guidance {
      value["filter"] = .string(guidance.filter.rawValue)
      value["period"] = .int(guidance.period)
      value["guidance-start"] = .int(guidance.startIteration)
      if let stop = guidance.stopIteration {
        value["guidance-stop"] = .int(stop)
      }
      value["normalization"] = .string(guidance.normalization.rawValue)
    }
    if let replays { value["replays"] = .string(replays) }
    return value
  }
}

import ImageTrain
import Mixing
import Valuation

extension MixingPlan {
  /// What both parameters of λ's law may be: beyond, all λ are 0, ½ or 1 to
  /// within rounding.
  private static let concentrations = 1e-6...1e6

  /// Reads how samples are mixed; what is not given is taken from `base`.
  init(reader: ConfigurationReader?, base: MixingPlan) throws {
    self = base
    guard let reader else { return }
    scope = try reader["scope"]?.choice() ?? scope
    pairing = try reader["pairing"]?.choice() ?? pairing
    folded = try reader["folded"]?.bool() ?? folded
    let weight = try reader["weight"]
    let alpha = try reader["alpha"]
    let ratio = try reader["ratio"]
    let schedule = try reader["schedule"]
    if let weight {
      if alpha != nil || ratio != nil || schedule != nil {
        throw weight.error(
          "a fixed weight goes without alpha, ratio and schedule")
      }
      weights = .fixed(try weight.double(in: .within(0...1)))
      return
    }
    var (course, share) = (ConcentrationSchedule.constant(1), 1.0)
    if case .beta(let baseCourse, let baseShare) = weights {
      (course, share) = (baseCourse, baseShare)
    }
    if let alpha {
      course = .constant(
        try alpha.double(in: .within(Self.concentrations)))
    }
    if let schedule {
      if alpha != nil {
        throw schedule.error("a schedule goes without alpha")
      }
      course = try Self.schedule(schedule)
    }
    share = try ratio?.double(in: .within(Self.concentrations)) ?? share
    if let key = ratio ?? alpha ?? schedule {
      for concentration in course.extremes
      where !Self.concentrations.contains(share * concentration) {
        throw key.error(
          "expected ratio · alpha in \(Self.concentrations), found \(share) · "
            + "\(concentration)")
      }
      weights = .beta(course, ratio: share)
    }
  }

  private static func schedule(
    _ reader: ConfigurationReader
  ) throws -> ConcentrationSchedule {
    guard reader.isList else {
      enum Name: String, CaseIterable {
        case easy, hard
        case easyHardEasy = "easy-hard-easy"
      }
      return switch try reader.choice(of: Name.self) {
      case .easy: .easy
      case .hard: .hard
      case .easyHardEasy: .easyHardEasy
      }
    }
    let points = try reader.elements(count: .atLeast(1)).map {
      let pair = try $0.doubles(count: .within(2...2))
      guard (0...1).contains(pair[0]), concentrations.contains(pair[1])
      else {
        throw $0.error(
          "expected [progress in 0...1, alpha in \(concentrations)], found "
            + "\(pair)")
      }
      return ConcentrationSchedule.Point(
        progress: pair[0], concentration: pair[1])
    }
    guard
      zip(points, points.dropFirst()).allSatisfy({
        $0.progress < $1.progress
      })
    else { throw reader.error("expected ascending progress") }
    return .table(points)
  }
}

extension TrainingPlan {
  /// Reads epochs, batches, loss and optimizer; what is not given is taken
  /// from `base`.
  init(reader: ConfigurationReader?, base: TrainingPlan) throws {
    self = base
    guard let reader else { return }
    epochs = try reader["epochs"]?.int(in: .within(1...1_000_000)) ?? epochs
    batchSize =
      try reader["batch-size"]?.int(in: .within(1...1_000_000)) ?? batchSize
    // Of earlier versions, whose folders have it; no number depends on it now.
    _ = try reader["shards"]?.int(in: .within(1...64))
    optimizer.learningRate =
      try reader["learning-rate"]?.double(in: .positive)
      ?? optimizer.learningRate
    optimizer.momentum =
      try reader["momentum"]?.double(in: .within(0..<1)) ?? optimizer.momentum
    optimizer.nesterov = try reader["nesterov"]?.bool() ?? optimizer.nesterov
    optimizer.weightDecay =
      try reader["weight-decay"]?.double(in: .atLeast(0))
      ?? optimizer.weightDecay
    if let schedule = try reader["learning-rate-schedule"] {
      optimizer.schedule = try Self.learningRateSchedule(schedule)
    }
    enum LossName: String, CaseIterable {
      case crossEntropy = "cross-entropy"
      case squaredError = "squared-error"
    }
    enum MixedName: String, CaseIterable { case labels, losses }
    let mixed = try reader["mixed"]?.choice(of: MixedName.self)
    switch try reader["loss"]?.choice(of: LossName.self) {
    case .crossEntropy: loss = .crossEntropy
    case .squaredError: loss = .squaredError(mixesLosses: mixed == .losses)
    case nil: break
    }
    if let mixed {
      guard case .squaredError = loss else {
        throw try reader.required("mixed").error(
          "for cross-entropy, mixing labels and mixing losses are the same; "
            + "use loss squared-error")
      }
      loss = .squaredError(mixesLosses: mixed == .losses)
    }
  }

  private static func learningRateSchedule(
    _ reader: ConfigurationReader
  ) throws -> LearningRateSchedule {
    if reader.isMapping {
      let epochs = try reader.required("step").ints(in: .atLeast(1))
      return .step(
        epochs: epochs,
        factor: try reader["factor"]?.double(in: .positive) ?? 0.1)
    }
    enum Name: String, CaseIterable { case constant, cosine }
    return switch try reader.choice(of: Name.self) {
    case .constant: .constant
    case .cosine: .cosine
    }
  }
}

extension TrainingPlan {
  /// The epochs and what bounds guidance among them, for messages.
  fileprivate var guidanceWindow: String {
    let bounds: [(name: String, epoch: Int?)] = [
      ("guidance-start", guidance?.startEpoch),
      ("guidance-stop", guidance?.stopEpoch),
      ("mixing-stop", mixingStopEpoch),
      ("self-teacher-lag", guidance?.selfTeacherLag),
    ]
    return "epochs are 0...\(epochs - 1), "
      + bounds.compactMap { bound in
        bound.epoch.map { "\(bound.name) is \($0)" }
      }.joined(separator: ", ")
  }
}

extension ModelSettings {
  /// Reads a model that may build on those defined before it.
  init(
    reader: ConfigurationReader, base: TrainingPlan, isTeacher: Bool,
    earlier: [ModelSettings], arms armNames: [String] = []
  ) throws {
    let nameReader = try reader.required("name")
    name = try nameReader.string()
    guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else {
      throw nameReader.error("no name for a folder")
    }
    let names = earlier.map(\.name)
    if names.contains(name) {
      throw nameReader.error("another model is called '\(name)' already")
    }
    file = isTeacher ? try reader["file"]?.string() : nil
    // Nobody knows what a file's network has seen: it counts as the worst.
    trainingSet =
      isTeacher
      ? try reader["data"]?.choice() ?? (file == nil ? .train : .whole)
      : .train
    count = isTeacher ? try reader["count"]?.int(in: .within(1...64)) ?? 1 : 1
    plan = try TrainingPlan(reader: reader["training"], base: base)
    plan.mixing = try MixingPlan(reader: reader["mixing"], base: plan.mixing)
    plan.objective = try Self.objective(reader)
    plan.mixingStopEpoch = try reader["mixing-stop"]?.int(in: .atLeast(0))
    teacher = try reader["teacher"]?.name(among: names, "a teacher")
    replays =
      isTeacher
      ? nil : try reader["replays"]?.name(among: armNames, "an arm")
    plan.guidance = try Guidance(reader: reader)
    budget =
      isTeacher
      ? nil
      : try reader["budget"].map {
        Budget(
          quantity: try $0.required("equal").choice(),
          arm: try $0.required("arm").name(among: armNames, "an arm"))
      }
    try check(reader, earlier)
  }

  private static func objective(
    _ reader: ConfigurationReader
  ) throws -> Objective {
    enum Name: String, CaseIterable { case plain, mixup, regmixup, mixupe }
    let method = try reader["method"]?.choice(of: Name.self) ?? .mixup
    let weight = try reader["weight"]
    let form = try reader["form"]
    if let form, method != .regmixup {
      throw form.error("only regmixup has a form")
    }
    if method != .mixupe { try DirectionalTerm.refuseKeys(in: reader) }
    switch method {
    case .plain, .mixup:
      if let weight {
        throw weight.error("only regmixup and mixupe have a weight")
      }
      return method == .plain ? .plain : .mixup
    case .regmixup:
      return .regMixup(
        weight: try weight?.double(in: .positive) ?? 1,
        form: try form?.choice() ?? .paper)
    case .mixupe:
      let (term, rescaled) = try DirectionalTerm.read(reader)
      return .mixupE(
        weight: try weight?.double(in: .positive)
          ?? DirectionalTerm.defaultWeight, term: term, rescaled: rescaled)
    }
  }

  /// The rules that no single key expresses.
  private func check(
    _ reader: ConfigurationReader, _ earlier: [ModelSettings]
  ) throws {
    if let guidance = plan.guidance {
      let filter = try reader.required("filter")
      if let budget = try reader["budget"] {
        throw budget.error(
          "how many samples a filter keeps is not known beforehand; give the "
            + "budget to an arm without a filter")
      }
      if plan.objective == .plain {
        throw filter.error("a filter needs mixed samples; use method mixup")
      }
      if guidance.needsTeacher && teacher == nil {
        throw filter.error(
          "filter '\(guidance.filter.rawValue)' needs a teacher")
      }
      if let lag = try reader["self-teacher-lag"] {
        if teacher != nil {
          throw lag.error("a student that teaches itself has no other teacher")
        }
        if !guidance.filter.needsValues {
          throw lag.error("this filter does without a teacher")
        }
      }
      if let idle = try reader["teacher"], !guidance.filter.needsValues {
        throw idle.error("this filter does without a teacher")
      }
      if let idle = try reader["replays"], !guidance.filter.replays {
        throw idle.error("this filter replays nothing")
      }
      if !(0..<plan.epochs).contains(where: {
        plan.guidance(inEpoch: $0) != nil
      }) {
        throw filter.error("no epoch is guided: \(plan.guidanceWindow)")
      }
      if guidance.filter.replays {
        guard let replays,
          let source = earlier.first(where: {
            $0.name == replays
          }), source.plan.guidance != nil
        else {
          throw filter.error(
            "filter '\(guidance.filter.rawValue)' replays an arm with a "
              + "filter; name it under 'replays'")
        }
        try checkReplay(of: source, guidance, reader.required("replays"))
      }
      if guidance.dropped == .refilled {
        if plan.mixing.pairing == .independent
          || guidance.filter.replays
        {
          throw try reader.required("dropped").error(
            "refilling needs a pairing within the batch and a filter that "
              + "does not replay")
        }
      }
    } else if let idle = try reader["teacher"] ?? reader["replays"] {
      throw idle.error("a teacher without a filter does nothing")
    }
    if trainingSet == .split {
      for key in ["file", "teacher"] {
        if let key = try reader[key] {
          throw key.error("a split teacher is trained, and without a teacher")
        }
      }
    }
    if file != nil, count > 1 {
      throw try reader.required("count").error("a file holds one network")
    }
    if case .mixupE = plan.objective, plan.loss != .crossEntropy {
      throw try reader.required("method").error(
        "mixupe is defined for cross-entropy")
    }
  }

  /// Counts can be replayed where both runs draw the same λ at each step.
  private func checkReplay(
    of source: ModelSettings, _ guidance: Guidance,
    _ reader: ConfigurationReader
  ) throws {
    let isPaired =
      source.plan.mixing == plan.mixing
      && source.plan.batchSize == plan.batchSize
      && source.plan.epochs == plan.epochs
      && source.plan.mixingStopEpoch == plan.mixingStopEpoch
      && source.plan.guidance?.startEpoch == guidance.startEpoch
      && source.plan.guidance?.stopEpoch == guidance.stopEpoch
      && source.plan.guidance?.dropped == guidance.dropped
      && source.plan.guidance?.selfTeacherLag == nil
      && source.budget == nil && budget == nil
    guard isPaired else {
      throw reader.error(
        "'\(source.name)' can be replayed by an arm with the same mixing, "
          + "batches and epochs only")
    }
  }
}

extension Guidance {
  /// Reads a filter; nil where none is asked for.
  init?(reader: ConfigurationReader) throws {
    let filter = try reader["filter"]
    let normalization = try reader["normalization"]
    let dropped = try reader["dropped"]
    let start = try reader["guidance-start"]
    let stop = try reader["guidance-stop"]
    let lag = try reader["self-teacher-lag"]
    guard let filter else {
      for key in [normalization, dropped, start, stop, lag] {
        if let key { throw key.error("there is no filter that it belongs to") }
      }
      return nil
    }
    self.init(
      filter: try filter.choice(),
      normalization: try normalization?.choice() ?? .kept,
      dropped: try dropped?.choice() ?? .masked,
      startEpoch: try start?.int(in: .atLeast(0)) ?? 0,
      stopEpoch: try stop?.int(in: .atLeast(0)),
      selfTeacherLag: try lag?.int(in: .atLeast(1)))
  }
}

import ArrayFiles
import Valuation

/// An option of `mixlab train`, by its name without dashes.
///
/// Each but the last group stands for one key of a configuration, which is
/// where its type, range and default are written.
public enum MethodOption: String, CaseIterable, Sendable {
  case data, fraction, validation, holdout, standardise
  case dataSeed = "data-seed"
  case hidden, activation, initialization, precision
  case method, weight, form, surrogate, variant, threshold, rescaled
  case concentration, ratio, schedule, scope, pairing, folded
  case mixingWeight = "mixing-weight"
  case mixingStop = "mixing-stop"
  case normalization, dropped
  case selfTeacherLag = "self-teacher-lag"
  case guidanceStart = "guidance-start"
  case guidanceStop = "guidance-stop"
  case epochs, momentum, nesterov, loss, mixed
  case batchSize = "batch-size"
  case learningRate = "learning-rate"
  case weightDecay = "weight-decay"
  case normsEvery = "norms-every"
  case probeEvery = "probe-every"
  case probeImages = "probe-images"
  case gradientNoiseEvery = "gradient-noise-every"
  case saveAt = "save-at"
  case teacherMethod = "teacher-method"
  case teacherEpochs = "teacher-epochs"
  // Options with rules of their own.
  case teacher, filter, seeds, seed, name, factor
  case learningRateSchedule = "learning-rate-schedule"

  /// The key that the option stands for.
  var path: String {
    switch self {
    case .data: "data.source"
    case .fraction, .validation, .holdout, .standardise: "data.\(rawValue)"
    case .dataSeed: "data.seed"
    case .hidden, .activation, .initialization, .precision:
      "network.\(rawValue)"
    case .concentration: "mixing.alpha"
    case .ratio, .schedule, .scope, .pairing, .folded: "mixing.\(rawValue)"
    case .mixingWeight: "mixing.weight"
    case .epochs, .momentum, .nesterov, .loss, .mixed, .batchSize,
      .learningRate, .weightDecay, .learningRateSchedule:
      "training.\(rawValue)"
    case .factor: "training.learning-rate-schedule.factor"
    case .normsEvery, .probeEvery, .probeImages, .gradientNoiseEvery, .saveAt:
      "record.\(rawValue)"
    case .teacherMethod: "teachers[0].method"
    case .teacherEpochs: "teachers[0].training.epochs"
    case .name, .seeds: rawValue
    case .seed: "seeds"
    case .method, .weight, .form, .surrogate, .variant, .threshold, .rescaled,
      .mixingStop,
      .normalization, .dropped, .selfTeacherLag, .guidanceStart,
      .guidanceStop, .teacher, .filter:
      "arms[0].\(rawValue)"
    }
  }

  /// The value that a text stands for: a list for `300,100`, text as it is
  /// for names, else what a configuration reads.
  func value(of text: String) -> ConfigurationValue {
    switch self {
    case .hidden, .saveAt:
      text.isEmpty || text == "none" ? [] : Self.list(text)
    case .data, .name: .string(text)
    default: Self.scalar(text)
    }
  }

  static func list(_ text: String) -> ConfigurationValue {
    .list(
      text.split(separator: ",", omittingEmptySubsequences: false)
        .map { scalar(String($0)) })
  }

  private static func scalar(_ text: String) -> ConfigurationValue {
    ConfigurationValue(option: text)
  }
}

extension ConfigurationValue {
  /// What an option's text stands for: a number, a truth value or text.
  ///
  /// An option that is given is not absent, whatever it says.
  public init(option text: String) {
    let value = ConfigurationValue(plain: text)
    self = value == .null ? .string(text) : value
  }
}

extension ConfigurationDocument {
  /// Puts what an option's text stands for at the option's key.
  ///
  /// - Throws: `ConfigurationError`, as `set(_:to:option:)` does.
  public mutating func set(_ option: MethodOption, to text: String) throws {
    try set(
      option.path, to: option.value(of: text),
      option: "--\(option.rawValue) \(text)")
  }
}

/// One method with its teacher, written as options in place of a file.
///
/// It becomes a configuration document, so that all rules about its values are
/// those of configurations; a value that breaks one is an error that names the
/// option, with status 64.
public struct MethodOptions: Sendable {
  private let given: [(option: MethodOption, text: String)]

  /// Takes the options that were given, in any order.
  public init(_ given: [(option: MethodOption, text: String)]) {
    self.given = given
  }

  /// The options as a configuration document.
  ///
  /// - Throws: `ConfigurationError`.
  public func document() throws -> ConfigurationDocument {
    var document = ConfigurationDocument(command: "train")
    func put(_ path: String, _ value: ConfigurationValue) throws {
      try document.set(path, to: value, option: "train")
    }
    let source = text(.data) ?? "digits"
    let dataset = usableName(String(source.prefix { $0 != ":" }))
    let model = [text(.method) ?? "mixup", text(.filter)].compactMap { $0 }
      .map(usableName).joined(separator: "-")
    let arm = model.isEmpty ? "arm" : model
    try put("name", .string("\(dataset)-\(arm)"))
    try put("title", .string("\(arm) on \(dataset)"))
    try put("arms", [["name": .string(arm)]])
    try setSeeds(&document)
    try setTeacher(&document)
    try setLearningRateSchedule(&document)
    for (option, text) in given {
      switch option {
      case .teacher, .seeds, .seed, .factor, .learningRateSchedule: continue
      case .filter: try check(filter: text)
      default: break
      }
      try document.set(option, to: text)
    }
    return document
  }

  private func text(_ option: MethodOption) -> String? {
    given.last { $0.option == option }?.text
  }

  /// The option as it was given, for messages.
  private func words(_ option: MethodOption) -> String {
    "--\(option.rawValue)" + (text(option).map { " \($0)" } ?? "")
  }

  private func refuse(
    _ option: MethodOption, _ problem: ConfigurationError.Problem
  ) -> ConfigurationError {
    ConfigurationError(
      origin: .option(words(option)), path: option.path, problem: problem)
  }

  // MARK: - Options with rules of their own

  /// `--seeds` counts from `--seed` up.
  private func setSeeds(_ document: inout ConfigurationDocument) throws {
    func number(
      _ option: MethodOption, _ standard: Int, in range: ValueRange<Int>
    ) throws -> Int {
      guard let text = text(option) else { return standard }
      guard case .int(let number) = ConfigurationValue(plain: text),
        range.contains(number)
      else {
        throw refuse(
          option,
          .wrongValue(expected: "a whole number\(range)", found: "\(text)"))
      }
      return number
    }
    let count = try number(.seeds, 1, in: .within(1...10_000))
    let first = try number(.seed, 0, in: .within(0...1_000_000_000_000))
    try document.set(
      "seeds", to: .integers(Array(first..<first + count)), option: "train")
  }

  /// The teacher is trained first, on what `--teacher` names, or read.
  private func setTeacher(_ document: inout ConfigurationDocument) throws {
    guard let text = text(.teacher) else {
      for option in [MethodOption.teacherMethod, .teacherEpochs]
      where self.text(option) != nil {
        throw refuse(option, .rule("there is no --teacher that it belongs to"))
      }
      return
    }
    var teacher: ConfigurationValue = ["name": "teacher"]
    let sets = ModelSettings.TrainingSet.allCases.map(\.rawValue)
    if sets.contains(text) {
      if text == ModelSettings.TrainingSet.holdout.rawValue,
        self.text(.holdout) == nil
      {
        throw refuse(
          .teacher, .rule("a holdout teacher needs --holdout above 0"))
      }
      teacher["data"] = .string(text)
    } else if text.hasSuffix(".npz") {
      teacher["file"] = .string(text)
      for option in [MethodOption.teacherMethod, .teacherEpochs]
      where self.text(option) != nil {
        throw refuse(option, .rule("a teacher from a file is not trained"))
      }
    } else {
      throw refuse(
        .teacher,
        .wrongValue(
          expected: "one of \(sets.joined(separator: ", ")) or a .npz file",
          found: ConfigurationValue.quoted(text)
            + (nearest(text, in: sets).map { "; did you mean '\($0)'?" } ?? ""))
      )
    }
    try document.set("teachers", to: [teacher], option: words(.teacher))
    try document.set(
      MethodOption.teacher.path, to: "teacher", option: words(.teacher))
  }

  /// Epochs in place of a word make a step schedule.
  private func setLearningRateSchedule(
    _ document: inout ConfigurationDocument
  ) throws {
    let option = MethodOption.learningRateSchedule
    let text = text(option)
    let isStep = text?.first?.isNumber == true
    if let text {
      try document.set(
        option.path,
        to: isStep
          ? ["step": MethodOption.list(text)] : option.value(of: text),
        option: words(option))
    }
    if let factor = self.text(.factor) {
      guard isStep else {
        throw refuse(
          .factor,
          .rule(
            "only a step schedule has a factor; give its epochs, as in "
              + "--learning-rate-schedule 50,75"))
      }
      try document.set(
        MethodOption.factor.path,
        to: MethodOption.factor.value(of: factor), option: words(.factor))
    }
  }

  /// The other filters replay an arm, of which there is none.
  private func check(filter text: String) throws {
    let filter = SampleFilter(rawValue: text)
    if let filter, !filter.replays { return }
    let others = SampleFilter.allCases.filter { !$0.replays }.map(\.rawValue)
    let list = "one of " + others.joined(separator: ", ")
    let meant = nearest(text, in: others).map { "; did you mean '\($0)'?" }
    throw refuse(
      .filter,
      .wrongValue(
        expected: filter == nil
          ? list : list + ", since there is no other arm to replay",
        found: text + (meant ?? "")))
  }
}

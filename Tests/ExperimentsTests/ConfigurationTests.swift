import Experiments
import Testing

private enum Method: String, CaseIterable { case erm, mixup, cutmix }

private struct Arm: Equatable {
  var name: String
  var alpha: Double

  init(_ reader: ConfigurationReader) throws {
    name = try reader.string("name")
    alpha = try reader.double("alpha", in: .positive, default: 1)
  }
}

private struct Settings: Equatable {
  var method: Method
  var steps: Int
  var rate: Double
  var verbose: Bool
  var arms: [Arm]
  var times: [Double]
  var note: String?

  init(_ reader: ConfigurationReader) throws {
    method = try reader.choice("method", default: .erm)
    steps = try reader.int("steps", in: .positive)
    rate = try reader.value("optimiser", 0.1) {
      try $0.double("rate", in: .within(0...1))
    }
    verbose = try reader.bool("verbose", default: false)
    arms = try reader["arms"]?.elements().map(Arm.init) ?? []
    times = try reader["times"]?.doubles(in: .nonNegative) ?? []
    note = try reader["note"]?.string()
  }
}

private func read(
  _ text: String, _ overrides: [String] = []
) throws -> Settings {
  var document = try ConfigurationDocument(text: text, name: "a.yaml")
  try document.override(with: overrides)
  return try document.read(Settings.init)
}

private func message(_ text: String, _ overrides: [String] = []) -> String {
  do {
    _ = try read(text, overrides)
    return "no error"
  } catch {
    return "\(error)"
  }
}

private let whole = """
  method: mixup
  steps: 10
  optimiser: {rate: 0.5}
  arms:
    - name: plain
    - name: strong
      alpha: 2
  times: [0, 1.5, 1e3]
  """

@Suite("A configuration is read strictly")
struct ConfigurationReadingTests {
  @Test("what is written is what is read")
  func reads() throws {
    let settings = try read(whole)
    #expect(settings.method == .mixup)
    #expect(settings.steps == 10)
    #expect(settings.rate == 0.5)
    #expect(settings.arms.map(\.name) == ["plain", "strong"])
    #expect(settings.arms.map(\.alpha) == [1, 2])
    #expect(settings.times == [0, 1.5, 1000])
    #expect(settings.note == nil)
  }

  @Test("null is absent, anchors and merges are followed")
  func anchors() throws {
    let settings = try read(
      """
      steps: 3
      note: null
      arms:
        - &base {name: a, alpha: 0.25}
        - {<<: *base, name: b}
        - *base
      """)
    #expect(settings.note == nil)
    #expect(settings.arms.map(\.name) == ["a", "b", "a"])
    #expect(settings.arms.map(\.alpha) == [0.25, 0.25, 0.25])
  }

  @Test(
    "one line names file, line, place, what was expected and found",
    arguments: [
      (
        "steps: 1\narms:\n- name: x\n  alpha: -1",
        "a.yaml:4: arms[0].alpha: expected a number > 0.0, found -1"
      ),
      (
        "steps: ten",
        "a.yaml:1: steps: expected a whole number > 0, found \"ten\""
      ),
      (
        "steps: 1e1",
        "a.yaml:1: steps: expected a whole number > 0, found 1e1"
      ),
      (
        "steps: 010",
        "a.yaml:1: steps: expected a whole number > 0, found \"010\""
      ),
      (
        "steps:",
        "a.yaml:1: steps: expected a whole number > 0, found nothing"
      ),
      (
        "steps: '5'",
        "a.yaml:1: steps: expected a whole number > 0, found \"5\""
      ),
      (
        "steps: 99999999999999999999",
        "a.yaml:1: steps: expected a whole number > 0, found"
          + " 99999999999999999999"
      ),
      (
        "\nsteps: 1\nverbose: yes",
        "a.yaml:3: verbose: expected true or false, found \"yes\""
      ),
      (
        "steps: 1\ntimes: 5",
        "a.yaml:2: times: expected a list, found 5"
      ),
      (
        "steps: 1\ntimes: [0, .nan]",
        "a.yaml:2: times[1]: expected a number ≥ 0.0, found .nan"
      ),
      (
        "steps: 1\ntimes: [.inf]",
        "a.yaml:2: times[0]: expected a number ≥ 0.0, found .inf"
      ),
      (
        "steps: 1\ntimes: [1e999]",
        "a.yaml:2: times[0]: expected a number ≥ 0.0, found 1e999"
      ),
      (
        "steps: 1\noptimiser: 0.1",
        "a.yaml:2: optimiser: expected a mapping, found 0.1"
      ),
      (
        "steps: 1\noptimiser: {rate: 1.5}",
        "a.yaml:2: optimiser.rate: expected a number in 0.0...1.0, found 1.5"
      ),
      (
        "steps: 1\nmethod: mixpu",
        "a.yaml:2: method: expected one of erm, mixup, cutmix, found"
          + " \"mixpu\"; did you mean 'mixup'?"
      ),
      (
        "steps: 1\nnote: 12",
        "a.yaml:2: note: expected text (quote a number or truth value to"
          + " make it text), found 12"
      ),
      (
        "stesp: 1",
        "a.yaml:1: the key 'steps' is missing; is 'stesp' meant"
          + " to be it?"
      ),
      ("", "a.yaml:1: the key 'steps' is missing"),
      ("[1, 2]", "a.yaml:1: expected a mapping, found a list"),
      ("text", "a.yaml:1: expected a mapping, found \"text\""),
      (
        "steps: 1\n\nverbsoe: true",
        "a.yaml:3: verbsoe: unknown key; did you mean 'verbose'? known are"
          + " arms, method, note, optimiser, steps, times, verbose"
      ),
      (
        "steps: 1\narms:\n- {name: a}\n- {name: a, zzzzzz: 1}",
        "a.yaml:4: arms[1].zzzzzz: unknown key; known are alpha, name"
      ),
      ("steps: 1\nsteps: 2", "a.yaml:1: the key 'steps' is given twice"),
      ("1: a\n'1': b", "a.yaml:1: the key '1' is given twice"),
      (
        "steps: !!int 1",
        "a.yaml:1: tags are not understood; write a plain value"
      ),
      ("? [a]\n: 1", "a.yaml:1: expected a plain key, found a list"),
      ("steps: *a", "a.yaml:1: not one YAML document: found undefined alias"),
      ("steps: 1\n<<: 3", "a.yaml:2: '<<' merges mappings only"),
    ])
  func messages(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test(
    "what is not YAML is refused in one line with its line number",
    arguments: [
      ("steps: [1", 1), ("a: 1\n b: 2", 2), ("a: \"x", 1), ("a: 1\n\tb: 2", 2),
      ("a: 1\n--- \nb: 2", 2), ("a: \u{7}", 1), ("steps: }", 1),
    ])
  func syntax(text: String, line: Int) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try read(text)
    }
    guard case .file("a.yaml", let found) = error.origin else {
      Issue.record("no line in \(error)")
      return
    }
    #expect(found >= line && found <= line + 1, "\(error)")
    #expect(!error.description.contains("\n"))
    #expect(error.exitStatus == .badData)
  }

  @Test("aliases cannot grow without bounds")
  func manyAliases() {
    var text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for level in 1...9 {
      let alias = "*a\(level - 1)"
      let list = Array(repeating: alias, count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(list)]\n"
    }
    #expect(message(text).contains("at most a million values"))
  }

  @Test("deep nesting is refused, not a crash")
  func deepNesting() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(message("a: \(deep)").hasPrefix("a.yaml:"))
  }

  @Test("control characters cannot reach the terminal")
  func control() {
    let text = message("steps: \"\\e[31m\\nred\"")
    #expect(!text.contains("\u{1b}") && !text.contains("\n"))
  }

  @Test("ranges include and exclude their ends")
  func ranges() {
    #expect(!ValueRange<Double>.positive.contains(0))
    #expect(ValueRange<Double>.nonNegative.contains(0))
    #expect(ValueRange<Int>.within(0..<3).contains(2))
    #expect(!ValueRange<Int>.within(0..<3).contains(3))
    #expect(!ValueRange<Double>.between(0, and: 1).contains(1))
    #expect(ValueRange<Double>.unit.contains(1))
    #expect(!ValueRange<Double>.any.contains(.nan))
    #expect(ValueRange<Int>.atMost(3).description == " ≤ 3")
  }
}

@Suite("Settings laid over a configuration")
struct ConfigurationOverrideTests {
  @Test("values are replaced, added and found by index or name")
  func overrides() throws {
    let settings = try read(
      whole,
      [
        "steps=20", "optimiser.rate=0.25", "arms[0].alpha=3",
        "arms.strong.alpha=4", "times=[7, 8]", "note='a = b'", "steps=30",
        "verbose=true",
      ])
    #expect(settings.steps == 30)
    #expect(settings.rate == 0.25)
    #expect(settings.arms.map(\.alpha) == [3, 4])
    #expect(settings.times == [7, 8])
    #expect(settings.note == "a = b")
    #expect(settings.verbose)
    #expect(try read("steps: 1", ["optimiser.rate=0.75"]).rate == 0.75)
    #expect(try read(whole, ["optimiser=null"]).rate == 0.1)
  }

  @Test(
    "errors name the option and end with status 64",
    arguments: [
      (
        "stpes=1",
        "--set stpes=1: stpes: unknown key; did you mean 'steps'? known are"
          + " arms, method, note, optimiser, steps, times, verbose"
      ),
      (
        "optimiser.rat=1",
        "--set optimiser.rat=1: optimiser.rat: unknown key; did you mean"
          + " 'rate'? known are rate"
      ),
      (
        "steps=-4",
        "--set steps=-4: steps: expected a whole number > 0,"
          + " found -4"
      ),
      (
        "steps=",
        "--set steps=: steps: expected a whole number > 0, found"
          + " nothing"
      ),
      (
        "arms[2].alpha=1",
        "--set arms[2].alpha=1: arms: expected an index below 2 or one of"
          + " plain, strong, found 2"
      ),
      (
        "arms.weak.alpha=1",
        "--set arms.weak.alpha=1: arms: expected an index below 2 or one of"
          + " plain, strong, found weak"
      ),
      (
        "steps.x=1",
        "--set steps.x=1: steps: expected a mapping or a list before 'x',"
          + " found 10"
      ),
      ("steps", "--set steps: expected KEY=VALUE, found no '='"),
      (
        "=1", "--set =1: expected a path such as training.steps before '='"
      ),
      (
        "a..b=1",
        "--set a..b=1: expected a path such as training.steps before '='"
      ),
    ])
  func errors(setting: String, expected: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try read(whole, [setting])
    }
    #expect(error.description == expected)
    #expect(error.exitStatus == .usage)
  }

  @Test(
    "values that are not YAML are usage errors",
    arguments: ["steps=[1", "steps=a: b: c", "steps=\"", "steps=*x"])
  func syntax(setting: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try read(whole, [setting])
    }
    #expect(error.exitStatus == .usage)
    #expect(error.description.hasPrefix("--set steps="))
  }
}

import ArrayFiles
import Experiments
import Foundation
import Testing

private let hostileTexts = [
  "", " ", "true", "No", "null", "~", "12", "1e5", ".inf", "a: b", "- x", "#c",
  "*a", "&a", "!t", "%d", "a,b", "[x]", "{y}", "\"", "'", "\\", "\n", "\r\n",
  "\t", "\u{0}", "\u{7f}", "\u{85}", "\u{2028}", "\u{2029}", "x\u{feff}",
  "\u{1b}[31m", "λ r̂ ± 日本 🙂", "r\u{302}", "\u{302}", "a\u{0}b", "=", "<<",
  "e5", "nan", "\u{fffe}", "\u{10ffff}",
]

private let hostileNumbers = [
  0.0, 1, -1, 0.1, 1 / 3.0, 1e-5, 1e16, 1e22, .leastNonzeroMagnitude,
  1.7976931348623157e308,
  2.2250738585072014e-308, 123456.789, 0.1 + 0.2, 1e100, -1e-7,
]

private func sample() -> ConfigurationValue {
  [
    "texts": .strings(hostileTexts), "numbers": .numbers(hostileNumbers),
    "integers": .integers([0, -1, .max, .min]),
    "nested": [["a": [], "b": [:]], [["c": 1], 2], [[1, 2], []], [:]],
    "flags": [true, false, nil], "empty": [:], "a key: with #": "x",
    "true": 1, "日": ["deep": ["deeper": ["deepest": 1.5]]],
  ]
}

@Suite("A configuration's text reads back as the same value")
struct ConfigurationValueTests {
  @Test("YAML")
  func yaml() throws {
    let value = sample()
    let text = value.yaml
    let again = try ConfigurationDocument(text: text, name: "y").value
    #expect(again == value)
    #expect(again.yaml == text)
  }

  @Test("JSON")
  func json() throws {
    let value = sample()
    let again = try ConfigurationDocument(text: value.json, name: "j").value
    #expect(again == value)
  }

  @Test("JSON is what Foundation takes for JSON")
  func foundation() throws {
    let data = Data(sample().json.utf8)
    let object = try JSONSerialization.jsonObject(with: data)
    let texts = try #require((object as? [String: Any])?["texts"])
    #expect(texts as? [String] == hostileTexts)
  }

  @Test("every text alone, as value and as key", arguments: hostileTexts)
  func texts(text: String) throws {
    let value = ConfigurationValue.mapping([.init(text, .string(text))])
    for written in [value.yaml, value.json] {
      let again = try ConfigurationDocument(text: written, name: "t").value
      // Swift compares canonically equivalent texts as equal; bytes decide.
      let entry = try #require(again.entries?.first)
      #expect(Array(entry.key.utf8) == Array(text.utf8))
      #expect(Array((entry.value.text ?? "?").utf8) == Array(text.utf8))
    }
  }

  @Test("numbers keep their bits", arguments: hostileNumbers + [-0.0])
  func numbers(number: Double) throws {
    let value: ConfigurationValue = ["x": .double(number)]
    for written in [value.yaml, value.json] {
      let again = try ConfigurationDocument(text: written, name: "n").value
      #expect(again["x"] == .double(number))
      #expect(again["x"]?.number?.bitPattern == number.bitPattern)
    }
  }

  @Test("the layout of YAML is fixed")
  func layout() {
    let value: ConfigurationValue = [
      "name": "mixup", "steps": 10, "rate": 1e-5, "limit": .double(.infinity),
      "times": [0, 0.5],
      "arms": [["name": "a", "on": false], ["name": "b c"]],
    ]
    #expect(
      value.yaml == """
        name: mixup
        steps: 10
        rate: 1.0e-05
        limit: .inf
        times: [0, 0.5]
        arms:
          - name: a
            "on": false
          - name: "b c"

        """)
  }

  @Test("the identity is FNV-1a over the sorted, compact text")
  func identity() {
    // The offset basis turned by the bytes of "{}", worked out in Python.
    #expect(([:] as ConfigurationValue).identity == "08f44b07b5901a25")
    let first: ConfigurationValue = ["a": 1, "b": ["c": 0.5, "d": [1, 2]]]
    let second: ConfigurationValue = ["b": ["d": [1, 2], "c": 0.5], "a": 1]
    #expect(first.identity == second.identity)
    #expect(first.identity == "690af08e9921598c")
    #expect(first.identity.count == 16)
    let changed: [ConfigurationValue] = [
      ["a": 1, "b": ["c": 0.5, "d": [2, 1]]],
      ["a": 1, "b": ["c": .double(0.5.nextUp), "d": [1, 2]]],
      ["a": "1", "b": ["c": 0.5, "d": [1, 2]]],
    ]
    for value in changed {
      #expect(value.identity != first.identity)
    }
  }

  @Test("a subscript replaces in place, appends and removes")
  func subscripts() {
    var value: ConfigurationValue = ["a": 1, "b": 2]
    value["a"] = 3
    value["c"] = 4
    value["b"] = .none
    #expect(value == ["a": 3, "c": 4])
    #expect(value["x"] == nil)
  }
}

@Suite("Result documents")
struct JSONDocumentTests {
  @Test("numbers that are not finite are null with a reason")
  func notes() throws {
    let document = JSONDocument(
      [
        "rank": 3, "condition": .double(.infinity), "loss": .double(.nan),
        "curve": [1, .double(-.infinity)],
      ], notes: ["condition": "the matrix is singular"])
    #expect(
      document.text == """
        {
          "rank": 3,
          "condition": null,
          "loss": null,
          "curve": [1, null],
          "notes": {
            "condition": "the matrix is singular",
            "curve[1]": "-infinity",
            "loss": "not a number"
          }
        }

        """)
    let again = try JSONDocument(text: document.text, name: "r")
    #expect(again.value["condition"] == .null)
    #expect(again.value["notes"] == nil)
    #expect(again.notes["condition"] == "the matrix is singular")
    #expect(again.text == document.text)
  }

  @Test(
    "malformed documents name file and line",
    arguments: [
      "{\"a\": 1", "[1]", "3", "{\"a\": 1, \"a\": 2}", "{\"notes\": 3}",
      "{\"notes\": {\"a\": 1}}", "{\"a\": 1} x",
    ])
  func malformed(text: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      try JSONDocument(text: text, name: "r.json")
    }
    #expect(error.description.hasPrefix("r.json:"), "\(error)")
    #expect(error.exitStatus == .badData)
  }

  @Test("files are written whole, and what cannot be is an error")
  func files() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("result.json")
    let document = JSONDocument(["a": 0.1])
    try document.write(to: path)
    #expect(try JSONDocument(file: path) == document)
    #expect(folder.names == ["result.json"])
    #expect(throws: FileError.missing(file: folder.path("x"))) {
      try JSONDocument(file: folder.path("x"))
    }
    #expect(throws: FileError.self) {
      try JSONDocument(file: folder.path(""))
    }
    let error = try #require(throws: FileError.self) {
      try document.write(to: folder.path("missing/result.json"))
    }
    #expect(error.exitStatus == .cannotWrite)
    try Data([0x61, 0xff, 0xfe]).write(
      to: URL(fileURLWithPath: folder.path("bytes")))
    let malformed = try #require(throws: FileError.self) {
      try JSONDocument(file: folder.path("bytes"))
    }
    #expect(malformed.exitStatus == .badData)
  }
}

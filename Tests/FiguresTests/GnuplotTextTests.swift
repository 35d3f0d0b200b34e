import Foundation
import Testing

@testable import Figures

@Suite("Text shows exactly as written, and no text is a command")
struct GnuplotTextTests {
  @Test(arguments: [
    ("plain", "'plain'"),
    ("", "''"),
    ("a_b", #"'a\_b'"#),
    ("x^2", #"'x\^2'"#),
    ("{a}@&~", #"'\{a\}\@\&\~'"#),
    (#"back\slash"#, #"'back\\slash'"#),
    ("it's", "'it''s'"),
    ("`date` $(date)", "'`date` $(date)'"),
    ("two\nlines", #"'two' . "\n" . 'lines'"#),
    ("tab\there\u{0}", "'tab here '"),
    ("r̂ ≤ λ", "'r̂ ≤ λ'"),
  ])
  func quoted(text: String, expected: String) {
    #expect(GnuplotText.quoted(text) == expected)
  }

  @Test func drawnTextIsTheGivenText() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let mark = folder.url.appending(path: "mark").path
    let texts = [
      #"t_1^2 {x} @y \alpha "q" it's 100% ~a"#, "`touch \(mark)`",
      "system(touch)", "r̂(λ) ≤ 0", "# no comment", "$0 @tile",
    ]
    var figure = smallFigure
    figure.title = texts[0]
    figure.panels[0].title = texts[1]
    figure.panels[0].x.label = texts[2]
    figure.panels[0].y.label = texts[3]
    figure.panels[0].layers = [
      .line(x: [0, 1], y: [0, 1], label: texts[4]),
      .line(x: [0, 1], y: [1, 0], label: texts[5], style: 1),
    ]
    let drawing = try svg(figure)
    for text in texts {
      let escaped = text.replacing("&", with: "&amp;")
        .replacing("<", with: "&lt;")
      #expect(drawing.contains(">\(escaped)<"), "\(text)")
    }
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test(arguments: [
    0.1, -0.0, 1.0 / 3, .leastNonzeroMagnitude, 1e300, 123_456_789, 1e15, 1e22,
    -17, .pi,
    .infinity, -.infinity,
  ])
  func numbersReadBackToTheSameBits(value: Double) throws {
    let text = GnuplotText.number(value)
    #expect(try #require(Double(text)).bitPattern == value.bitPattern)
  }

  @Test func wholeNumbersHaveNoPoint() {
    #expect(GnuplotText.number(60_000) == "60000")
    #expect(GnuplotText.number(.nan) == "nan")
  }
}

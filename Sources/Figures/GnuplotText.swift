import Foundation

/// Values as gnuplot reads them.
enum GnuplotText {
  /// Text as a string of the script that shows exactly that text.
  ///
  /// The characters `\ ^ _ @ & ~ { }` are commands of gnuplot's enhanced text
  /// and get a backslash. The string stands in single quotes: in double ones
  /// gnuplot runs what stands between backquotes. Line breaks are joined in
  /// from outside, other control characters become spaces.
  static func quoted(_ text: String, bold: Bool = false) -> String {
    lines(of: text).map { line in
      let escaped = escaped(line)
      return literal(bold ? "{/:Bold \(escaped)}" : escaped)
    }
    .joined(separator: #" . "\n" . "#)
  }

  /// A string of the script, with no character of it read as a command.
  static func literal(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }

  /// Text in one line with control characters as spaces.
  static func oneLine(_ text: String) -> String {
    lines(of: text).joined(separator: " ")
  }

  /// A number that reads back as the same bits; integers without a point.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value == value.rounded(), abs(value) < 1e15,
      value != 0 || value.sign == .plus
    {
      return String(Int(value))
    }
    return String(value)
  }

  /// A number of the layout, to four decimals.
  static func short(_ value: Double) -> String {
    number((value * 10_000).rounded() / 10_000)
  }

  static func lines(of text: String) -> [String] {
    text.split(omittingEmptySubsequences: false) { $0.isNewline }
      .map { line in
        String(
          String.UnicodeScalarView(
            line.unicodeScalars.map {
              $0.properties.generalCategory == .control ? " " : $0
            }))
      }
  }

  private static func escaped(_ line: String) -> String {
    var result = ""
    for scalar in line.unicodeScalars {
      if #"\^_@&~{}"#.unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}

/// The Python dictionary in the header of an `.npy` file.
///
/// The grammar is the part of Python's that NumPy writes: the keys `descr` (a
/// string), `fortran_order` (`True` or `False`) and `shape` (a tuple of decimal
/// numbers), each once, in any order, with any spaces.
struct NPYHeaderLiteral {
  private(set) var descriptor = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []

  /// The product of the shape; `nil` if it is not an `Int`.
  ///
  /// Lengths of 0 count as 1 on the way, so that no axis order matters.
  var count: Int? {
    var product = 1
    for length in shape {
      let (next, overflow) =
        product.multipliedReportingOverflow(by: max(length, 1))
      guard !overflow else { return nil }
      product = next
    }
    return shape.contains(0) ? 0 : product
  }

  /// Parses `text`; `nil` if it does not follow the grammar to its end.
  init?(_ text: ArraySlice<UInt8>) {
    var scanner = Scanner(rest: text)
    var missing: Set = ["descr", "fortran_order", "shape"]
    guard scanner.skip("{") else { return nil }
    while !scanner.skip("}") {
      guard let key = scanner.string(), missing.remove(key) != nil,
        scanner.skip(":")
      else { return nil }
      switch key {
      case "descr":
        guard let value = scanner.string() else { return nil }
        descriptor = value
      case "fortran_order":
        guard let value = scanner.boolean() else { return nil }
        isFortranOrder = value
      default:
        guard let value = scanner.tuple() else { return nil }
        shape = value
      }
      guard scanner.skip(",") || scanner.sees("}") else { return nil }
    }
    guard missing.isEmpty, scanner.isAtEnd else { return nil }
  }
}

/// Takes tokens off the front of a text; spaces before a token are skipped.
private struct Scanner {
  var rest: ArraySlice<UInt8>

  private static let spaces = Array(" \n\t".utf8)
  private static let quotes = Array("'\"".utf8)

  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return rest.isEmpty
    }
  }

  private mutating func skipSpaces() {
    rest = rest.drop { Self.spaces.contains($0) }
  }

  mutating func sees(_ token: String) -> Bool {
    skipSpaces()
    return rest.starts(with: token.utf8)
  }

  mutating func skip(_ token: String) -> Bool {
    guard sees(token) else { return false }
    rest = rest.dropFirst(token.utf8.count)
    return true
  }

  /// A quoted string of printable characters without escapes.
  mutating func string() -> String? {
    skipSpaces()
    guard let quote = rest.first, Self.quotes.contains(quote),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { return nil }
    let characters = rest[(rest.startIndex + 1)..<end]
    guard characters.allSatisfy({ 0x20 <= $0 && $0 < 0x7F && $0 != 0x5C })
    else { return nil }
    rest = rest[(end + 1)...]
    return String(decoding: characters, as: UTF8.self)
  }

  mutating func boolean() -> Bool? {
    if skip("True") { return true }
    return skip("False") ? false : nil
  }

  /// `()`, `(3,)`, `(3, 4)` or `(3, 4,)`.
  mutating func tuple() -> [Int]? {
    guard skip("(") else { return nil }
    var numbers: [Int] = []
    var hasComma = false
    while !skip(")") {
      guard hasComma || numbers.isEmpty, let number = number() else {
        return nil
      }
      numbers.append(number)
      hasComma = skip(",")
    }
    // Python reads `(3)` as a number.
    return numbers.count == 1 && !hasComma ? nil : numbers
  }

  private mutating func number() -> Int? {
    skipSpaces()
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest[digits.endIndex...]
    return Int(String(decoding: digits, as: UTF8.self))
  }
}

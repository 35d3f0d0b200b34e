/// The types of number that an array file may hold, all little-endian.
enum StoredType: String, CaseIterable {
  case float4 = "f4"
  case float8 = "f8"
  case int1 = "i1"
  case int2 = "i2"
  case int4 = "i4"
  case int8 = "i8"
  case uint1 = "u1"
  case uint2 = "u2"
  case uint4 = "u4"

  /// The type that NumPy calls `descriptor`, such as `<f8` or `|u1`.
  init?(descriptor: String) {
    self.init(rawValue: String(descriptor.dropFirst()))
    let order = descriptor.first
    guard order == "<" || order == "|" && size == 1 else { return nil }
  }

  /// The bytes of one number.
  var size: Int { Int(rawValue.utf8.last! - UInt8(ascii: "0")) }

  var isInteger: Bool { self != .float4 && self != .float8 }
}

/// A type of number that array files are written of.
public protocol StoredNumber: BitwiseCopyable, Sendable {
  /// NumPy's name of the type, such as `<f8`.
  static var descriptor: String { get }
}

extension Double: StoredNumber {
  /// NumPy's name of the type, `<f8`.
  public static var descriptor: String { "<f8" }
}

extension Float: StoredNumber {
  /// NumPy's name of the type, `<f4`.
  public static var descriptor: String { "<f4" }
}

extension Int: StoredNumber {
  /// NumPy's name of the type, `<i8`.
  public static var descriptor: String { "<i8" }
}

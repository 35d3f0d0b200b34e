/// The number of terminal cells that `text` takes.
///
/// A letter with its combining marks (r̂) takes one cell, East Asian wide
/// characters and emoji take two, control and format characters none.
///
/// - Source: the ranges that Unicode's `EastAsianWidth.txt` marks W or F,
///   joined where only unassigned characters lie between.
func displayWidth(_ text: String) -> Int {
  text.reduce(0) { total, character in
    total + character.unicodeScalars.reduce(0) { max($0, cells($1)) }
  }
}

/// The longest start of `text` that takes at most `width` cells, with "…" at
/// its end where something is left out.
func truncated(_ text: String, toWidth width: Int) -> String {
  if displayWidth(text) <= width { return text }
  var result = ""
  var used = 1
  for character in text {
    used += displayWidth(String(character))
    if used > width { break }
    result.append(character)
  }
  return width > 0 ? result + "…" : ""
}

private func cells(_ scalar: Unicode.Scalar) -> Int {
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .control, .format: return 0
  default: break
  }
  switch scalar.value {
  case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf,
    0x4e00...0x9fff, 0xa000...0xa4cf, 0xa960...0xa97c, 0xac00...0xd7a3,
    0xf900...0xfaff, 0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff00...0xff60,
    0xffe0...0xffe6, 0x16fe0...0x18cff, 0x1b000...0x1b2ff,
    0x20000...0x3fffd:
    return 2
  default:
    return scalar.properties.isEmojiPresentation ? 2 : 1
  }
}

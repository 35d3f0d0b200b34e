import Testing

@testable import Experiments

@Suite("Tables for people")
struct TextTableTests {
  private func sample() -> TextTable {
    var table = TextTable([
      .init("method"), .init("mean r\u{302}", .trailing), .init("note"),
    ])
    table.append(["mixup λ|1", "0.5 ± 0.01", ""])
    table.append(["日本", "-1", "two\nlines"])
    return table
  }

  @Test("columns are aligned by what the eye sees")
  func text() {
    #expect(
      sample().text == """
        method         mean r\u{302}  note
        ─────────  ──────────  ──────────
        mixup λ|1  0.5 ± 0.01
        日本               -1  two\\nlines

        """)
  }

  @Test("Markdown escapes what would end a cell")
  func markdown() {
    #expect(
      sample().markdown == """
        | method     |     mean r\u{302} | note       |
        | ---------- | ---------: | ---------- |
        | mixup λ\\|1 | 0.5 ± 0.01 |            |
        | 日本       |         -1 | two\\nlines |

        """)
  }

  @Test("CSV holds the cells as they stand")
  func csv() throws {
    let table = try CSVTable(text: sample().csv, name: "t")
    #expect(table.header == ["method", "mean r\u{302}", "note"])
    #expect(
      try table.texts("note", of: "t") == ["", "two\nlines"])
    #expect(table.rows[1][1] == -1)
  }

  @Test(
    "widths in terminal cells",
    arguments: [
      ("", 0), ("abc", 3), ("λ", 1), ("r\u{302}", 1), ("±", 1), ("日本", 4),
      ("e\u{301}\u{302}", 1), ("\u{200b}", 0), ("🙂", 2), ("👩‍👩‍👧", 2),
      ("‖x‖₂", 4), ("Φ̃", 1),
    ])
  func widths(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test("truncation keeps to the width and does not split letters")
  func truncation() {
    #expect(truncated("r\u{302}r\u{302}r\u{302}", toWidth: 2) == "r\u{302}…")
    #expect(truncated("abc", toWidth: 3) == "abc")
    #expect(truncated("日本語", toWidth: 4) == "日…")
    #expect(truncated("abc", toWidth: 1) == "…")
    #expect(truncated("abc", toWidth: 0) == "")
  }
}

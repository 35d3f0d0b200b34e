/// Where the images of a sheet stand in a panel, in points from its upper
/// left corner.
struct SheetLayout {
  private let sheet: ImageSheet
  private let cellWidth: Double
  private let side: Double
  private let captionSize: Double
  private let rowTops: [Double]

  private static let gap = 4.0
  private static let titleHeight = 13.0

  init(_ sheet: ImageSheet, width: Double, height: Double) {
    self.sheet = sheet
    let columns = Double(max(sheet.columnCount, 1))
    cellWidth = width / columns

    // Words under an image shrink until they fit its cell.
    let longest =
      sheet.rows.flatMap(\.tiles).flatMap(\.caption).map(\.count).max() ?? 0
    captionSize = min(
      FigureLayout.TypeSize.small,
      max(4.5, (cellWidth - 2) / (0.56 * Double(max(longest, 1)))))

    let lineHeight = captionSize * 1.25
    let words = sheet.rows.map { row in
      let lines = row.tiles.map(\.caption.count).max() ?? 0
      return (
        above: row.title == nil ? 0 : Self.titleHeight,
        below: Double(lines) * lineHeight + (lines > 0 ? 4 : 0) + Self.gap
      )
    }
    let wordHeight = words.reduce(0) { $0 + $1.above + $1.below }
    side = max(
      4,
      min(
        cellWidth - Self.gap,
        (height - wordHeight) / Double(max(sheet.rows.count, 1))))
    var top = 0.0
    var tops: [Double] = []
    for word in words {
      top += word.above
      tops.append(top)
      top += side + word.below
    }
    rowTops = tops
  }

  /// The table of pixels and a clause for each image.
  func clauses(
    panel: Int, _ tables: inout DataTables
  ) -> [PlotClause] {
    let isColored = sheet.rows.contains {
      $0.tiles.contains(where: \.isColored)
    }
    var keys: [[Double]] = [[], [], [], []]
    var levels: [[Double]] = Array(repeating: [], count: isColored ? 3 : 1)
    var rows: [(range: ClosedRange<Int>, using: String)] = []
    for (row, one) in sheet.rows.enumerated() {
      for (column, tile) in one.tiles.enumerated() {
        let first = keys[0].count
        for y in 0..<tile.height {
          for x in 0..<tile.width {
            for (index, key) in [row, column, y, x].enumerated() {
              keys[index].append(Double(key))
            }
            let pixel = y * tile.width + x
            for channel in levels.indices {
              let value =
                tile.isColored
                ? tile.values[3 * pixel + channel] : tile.values[pixel]
              levels[channel].append(sheet.level(value))
            }
          }
        }
        let colors = isColored ? "5:6:7" : "5:5:5"
        let frame = frame(row, column, tile)
        let pixelWidth = GnuplotText.number(frame.width / Double(tile.width))
        let pixelHeight = GnuplotText.number(frame.height / Double(tile.height))
        rows.append(
          (
            first...(keys[0].count - 1),
            "(\(GnuplotText.short(frame.left))+($4+0.5)*\(pixelWidth)):"
              + "(\(GnuplotText.short(frame.top))+($3+0.5)*\(pixelHeight)):"
              + colors
          ))
      }
    }
    guard !rows.isEmpty else { return [] }
    let names = ["row", "column", "y", "x"]
    let colorNames = isColored ? ["red", "green", "blue"] : ["grey"]
    let place = tables.add(
      panel: panel, keys: zip(names, keys).map { Column($0, $1) },
      columns: zip(colorNames, levels).map { Column($0, $1) })
    return rows.map {
      PlotClause(
        table: place.table, rows: $0.range, using: $0.using, style: "@tile")
    }
  }

  /// Frames around the images and the words.
  var settings: [String] {
    var lines: [String] = []
    var object = 0
    for (row, one) in sheet.rows.enumerated() {
      if let title = one.title {
        let y = GnuplotText.short(rowTops[row] - 6)
        lines.append(
          "set label \(GnuplotText.quoted(title)) at first 2,\(y) left font "
            + "\",\(FigureLayout.TypeSize.tics)\" textcolor rgb \"\(Ink.text)\""
        )
      }
      for (column, tile) in one.tiles.enumerated() {
        let frame = frame(row, column, tile)
        let left = GnuplotText.short(frame.left)
        let right = GnuplotText.short(frame.left + frame.width)
        let top = GnuplotText.short(frame.top)
        let bottom = GnuplotText.short(frame.top + frame.height)
        object += 1
        lines.append(
          "set object \(object) rectangle from \(left),\(top) to "
            + "\(right),\(bottom) front fillstyle empty border linecolor rgb "
            + "\"#A0A0A0\" linewidth 0.5")
        for (index, words) in tile.caption.enumerated() {
          let x = GnuplotText.short((Double(column) + 0.5) * cellWidth)
          let y = GnuplotText.short(
            rowTops[row] + side + 2 + (Double(index) + 0.6) * captionSize * 1.25
          )
          lines.append(
            "set label \(GnuplotText.quoted(words)) at first \(x),\(y) center "
              + "font \",\(GnuplotText.short(captionSize))\" textcolor rgb "
              + "\"\(Ink.text)\"")
        }
      }
    }
    return lines
  }

  /// The place of an image: centred in its cell, its longer side filling it.
  private func frame(
    _ row: Int, _ column: Int, _ tile: ImageSheet.Tile
  ) -> (left: Double, top: Double, width: Double, height: Double) {
    let pixel = side / Double(max(tile.width, tile.height))
    let width = pixel * Double(tile.width)
    let height = pixel * Double(tile.height)
    return (
      (Double(column) + 0.5) * cellWidth - width / 2,
      rowTops[row] + (side - height) / 2, width, height
    )
  }
}

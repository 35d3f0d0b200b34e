/// How the series with a given index looks, in every figure alike.
///
/// The colours are those of Okabe and Ito (Color Universal Design, 2008), told
/// apart by colour-blind readers, with grey in place of the yellow that white
/// paper swallows. Dash and point types tell the series apart in grey print as
/// well; they go on changing when the colours come round again.
struct SeriesStyle: Equatable {
  let index: Int

  init(_ index: Int) {
    precondition(index >= 0, "a series style has an index ≥ 0, not \(index)")
    self.index = index
  }

  private static let colors = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7",
    "#E69F00", "#56B4E9", "#000000", "#7F7F7F",
  ]
  private static let dashes = [
    "solid", "(9,3)", "(2.5,2.5)", "(9,3,2,3)",
    "(18,4)", "(2,6)", "(14,3,6,3)", "(9,3,2,3,2,3)", "(5,5)",
  ]
  private static let points = [7, 5, 9, 13, 6, 4, 8, 12, 11, 10, 3]
  // The weight of a filled area, from the faintest tint to the full colour.
  private static let fills = [0.85, 0.4, 0.6, 0.25, 0.75, 0.5, 0.15]

  var color: String { Self.colors[index % Self.colors.count] }
  var dash: String { Self.dashes[index % Self.dashes.count] }
  var point: Int { Self.points[index % Self.points.count] }
  var fill: String { "solid \(Self.fills[index % Self.fills.count])" }

  /// The number by which the script calls the style.
  var number: Int { index + 1 }

  /// The line of the script that defines the style.
  var definition: String {
    """
    set style line \(number) linecolor rgb "\(color)" linewidth 1.7 \
    dashtype \(dash) pointtype \(point) pointsize 0.55
    """
  }
}

/// The greys of everything that is not data.
enum Ink {
  static let text = "#222222"
  static let axis = "#444444"
  static let quiet = "#666666"
  static let grid = "#E4E4E4"
}

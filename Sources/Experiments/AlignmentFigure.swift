import Figures

/// α along training, of images as of patches: four panels of `probes.csv`.
///
/// - Parameters:
///   - inputs: What was probed, in the caption: "on \(…)".
///   - noun: What one of them is.
///   - x: The horizontal axis.
///   - names: The models, in the order of their styles.
///   - caption: Makes a caption of its words.
///   - curve: The layers of a column of a model, within bounds.
func alignmentFigure(
  on inputs: String, noun: String, x: String, name: String = "alignment",
  names: [String], caption: (String) -> Figure.Caption,
  curve: (
    _ column: String, _ model: Int, _ label: String, _ style: Int,
    _ bounds: ClosedRange<Double>
  ) throws -> [Layer]
) rethrows -> Figure {
  func panel(
    _ column: String, _ title: String, within bounds: ClosedRange<Double>,
    null: String? = nil, lines: [Panel.ReferenceLine] = []
  ) throws -> Panel {
    var layers = try names.enumerated().flatMap { model, name in
      try curve(column, model, name, model, bounds)
    }
    // Each model has a null of its own, since its residuals are its own.
    if let null {
      layers += try names.enumerated().flatMap { model, name in
        try curve(null, model, "\(name), random directions", model, bounds)
          .compactMap(\.asReference)
      }
    }
    return Panel(
      x: Axis(x), y: Axis(title), layers: layers, referenceLines: lines)
  }
  let words =
    "α_{k,i} = (p_k − y_k)·cos∠(∇f_k(x_i), x̄ − x_i) on \(inputs). Minimum "
    + "and 5 % quantile over classes and \(noun)s; share of negative α; share "
    + "of \(noun)s with q < 0, where the term falls as all logits grow in "
    + "proportion. Dotted, in the colour of each: the same residuals with "
    + "random directions, whose shares are about a half (line)."
  return Figure(
    name: name, title: "What mixup's first-order term pushes",
    caption: caption(words),
    panels: [
      try panel(
        "alphaMinimum", "minimum of α", within: -1...0, null: "nullMinimum"),
      try panel(
        "alpha05", "5 % quantile of α", within: -1...1, null: "null05"),
      try panel(
        "negativeShare", "share of α < 0", within: 0...1,
        lines: [.horizontal(0.5)]),
      try panel(
        "pushedUpShare", "share of q < 0", within: 0...1,
        lines: [.horizontal(0.5)]),
    ],
    columns: 2, size: .init(width: 504, height: 440), legend: .below)
}

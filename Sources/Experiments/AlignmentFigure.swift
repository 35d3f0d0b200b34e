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
    lines: [Panel.ReferenceLine] = []
  ) throws -> Panel {
    Panel(
      x: Axis(x), y: Axis(title),
      layers: try names.enumerated().flatMap { model, name in
        try curve(column, model, name, model, bounds)
      }, referenceLines: lines)
  }
  var minimum = try panel("alphaMinimum", "minimum of α", within: -1...0)
  // The null model of the first stands for all: its residuals differ from the
  // others', its directions mean nothing.
  minimum.layers += try curve(
    "nullMinimum", 0, "\(names[0]), random directions", 7, -1...0)
  let words =
    "α_{k,i} = (p_k − y_k)·cos∠(∇f_k(x_i), x̄ − x_i) on \(inputs). Minimum "
    + "and 5 % quantile over classes and \(noun)s; share of negative α; share "
    + "of \(noun)s with q < 0, whose input gradients the term pushes up. A "
    + "negative minimum alone says little: residuals sum to zero, and random "
    + "directions have one too."
  return Figure(
    name: name, title: "What mixup's first-order term pushes",
    caption: caption(words),
    panels: [
      minimum,
      try panel("alpha05", "5 % quantile of α", within: -1...1),
      try panel(
        "negativeShare", "share of α < 0", within: 0...1,
        lines: [.horizontal(0.5)]),
      try panel("pushedUpShare", "share of q < 0", within: 0...1),
    ],
    columns: 2, size: .init(width: 504, height: 440), legend: .below)
}

import Figures
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("The figure of α")
struct AlignmentFigureTests {
  @Test("Each model is drawn beside a null of its own")
  func nulls() throws {
    var drawn: [String: [Int]] = [:]
    let figure = alignmentFigure(
      on: "some images", noun: "image", x: "step",
      names: ["plain", "mixup", "guided"],
      caption: { Figure.Caption($0, sampleCount: 1, interval: nil) }
    ) { column, model, label, style, _ in
      drawn[column, default: []].append(model)
      return [
        .band(
          x: [0, 1], lower: [-0.9, -0.9], upper: [-0.1, 0], style: style),
        .line(
          x: [0, 1], y: [-0.5, -0.2 * Double(model)], label: label,
          style: style),
      ]
    }
    for column in ["alphaMinimum", "nullMinimum", "alpha05", "null05"] {
      #expect(drawn[column] == [0, 1, 2])
    }
    let folder = try TemporaryFolder()
    try figure.write(
      to: URL(filePath: folder.path(""), directoryHint: .isDirectory),
      formats: [])
    let script = try String(
      contentsOfFile: folder.path("alignment.gp"), encoding: .utf8)
    #expect(script.components(separatedBy: "dashtype (1,3)").count == 1 + 6)
    // Bands of the models alone.
    #expect(
      script.components(separatedBy: "filledcurves").count == 1 + 4 * 3)
  }
}

import Foundation

@testable import Figures

/// Made-up data in the shapes that the project draws.
enum Gallery {
  /// A repeatable number in [0, 1): the fractional part of a Weyl sequence
  /// folded twice.
  static func noise(_ index: Int, _ stream: Int) -> Double {
    let x = sin(Double(index) * 12.9898 + Double(stream) * 78.233) * 43758.5453
    return x - x.rounded(.down)
  }

  static let methods = [
    "ERM", "mixup α = 1", "Guided (Low)", "Guided (High)", "MixupE", "RegMixup",
  ]

  static let accuracy: Figure = {
    let epochs = (1...100).map(Double.init)
    var layers: [Layer] = []
    for (style, method) in methods.enumerated() {
      let end = 0.78 + 0.018 * Double(style)
      let mean = epochs.map { epoch in
        end * (1 - exp(-epoch / (8 + 3 * Double(style))))
          + 0.008 * (noise(Int(epoch), style) - 0.5)
      }
      let half = epochs.map { 0.012 + 0.05 * exp(-$0 / 15) }
      layers.append(
        .band(
          x: epochs, lower: zip(mean, half).map(-),
          upper: zip(mean, half).map(+), of: method, style: style))
      layers.append(.line(x: epochs, y: mean, label: method, style: style))
    }
    return Figure(
      name: "accuracy",
      caption: .init(
        "Test accuracy on Fashion-MNIST.", sampleCount: 5,
        interval: "bands are 95 % t intervals of the mean"),
      panels: [
        Panel(
          x: Axis("epoch"), y: Axis("test accuracy"), layers: layers,
          referenceLines: [
            .vertical(70, label: "guidance stops"),
            .horizontal(0.1, label: "chance"),
          ])
      ])
  }()

  static let counts: Figure = {
    let epochs = (1...60).map(Double.init)
    func panel(_ title: String, _ seed: Int, scale: Axis.Scale) -> Panel {
      Panel(
        title: title, x: Axis("epoch"),
        y: Axis("mixed samples", scale: scale),
        layers: [
          .line(
            x: epochs,
            y: epochs.map {
              30_000 / (1 + $0 / 9) + 200 * noise(Int($0), seed)
            },
            label: "kept (r̂ ≤ 0)", style: 0),
          .line(
            x: epochs,
            y: epochs.map {
              60_000 - 30_000 / (1 + $0 / 9) - 200 * noise(Int($0), seed)
            }, label: "dropped (r̂ > 0)", style: 1),
        ])
    }
    return Figure(
      name: "kept-dropped", title: "Guidance keeps fewer samples as it goes on",
      panels: [
        panel("teacher: train", 1, scale: .linear),
        panel("teacher: whole", 2, scale: .logarithmic),
      ], columns: 2)
  }()

  static let histogram: Figure = {
    let edges = (0...40).map { -4 + Double($0) * 0.2 }
    func bell(_ mean: Double, _ width: Double, _ stream: Int) -> [Double] {
      edges.dropLast().enumerated().map { index, edge in
        let z = (edge + 0.1 - mean) / width
        return (900 * exp(-z * z / 2) * (0.9 + 0.2 * noise(index, stream)))
          .rounded()
      }
    }
    let series = [
      Layer.HistogramSeries(
        label: "Guided (Low)", counts: bell(-0.5, 0.8, 1), style: 2),
      Layer.HistogramSeries(
        label: "Guided (High)", counts: bell(0.6, 1.1, 2), style: 3),
    ]
    return Figure(
      name: "histogram",
      panels: [
        Panel(
          x: Axis("r̂(z^mix)"), y: Axis("mixed samples"),
          layers: [.histogram(edges: edges, series: series)],
          referenceLines: [.vertical(0)])
      ], size: .column)
  }()

  static let density: Figure = {
    let x = (0...40).map { Double($0) / 40 }
    let y = (0...40).map { -3 + Double($0) * 0.15 }
    var values: [Double] = []
    for left in x.dropLast() {
      for low in y.dropLast() {
        let width = 0.2 + 4 * (left + 0.0125) * (1 - left)
        let z = (low + 0.075 - 0.2) / width
        values.append((400 / width * exp(-z * z / 2)).rounded())
      }
    }
    return Figure(
      name: "density",
      panels: [
        Panel(
          x: Axis("λ"), y: Axis("r̂"),
          layers: [
            .density(
              xEdges: x, yEdges: y, values: values,
              valueAxis: Axis("mixed samples", scale: .logarithmic))
          ], referenceLines: [.horizontal(0)]),
        Panel(
          x: Axis("λ"), y: Axis("EL2N"),
          layers: [
            .density(
              xEdges: [0, 0.1, 0.3, 0.7, 1], yEdges: [0, 1, 2, 4],
              values: [
                -1, -0.5, 0.2, 0.4, .nan, 0.7, -0.6, 0.1, 0.9, 0.3, 0.2, -0.2,
              ],
              valueAxis: Axis("mean r̂"), colors: .diverging)
          ]),
      ], columns: 2, size: .init(width: 504, height: 200))
  }()

  static let arms: Figure = {
    let names = [
      "ERM", "mixup, α = 1", "mixup, α = 0.2", "Guided (Low), split",
      "Guided (High), split", "Guided (All)", "MixupE", "RegMixup",
      "Mixup without hesitation", "random filter",
    ]
    let means = names.indices.map { 0.82 + 0.06 * noise($0, 9) }
    let series = Layer.BarSeries(
      values: means, lower: means.map { $0 - 0.011 },
      upper: means.map { $0 + 0.013 }, style: 0)
    func counts(_ label: String, _ style: Int) -> Layer.BarSeries {
      let values = names.indices.map { 120 + 300 * noise($0, style) }
      return Layer.BarSeries(
        label: label, values: values, lower: values.map { $0 - 20 },
        upper: values.map { $0 + 25 }, style: style)
    }
    return Figure(
      name: "arms",
      panels: [
        Panel(
          x: Axis("test accuracy"), y: Axis(""),
          layers: [
            .bars(
              names: names, series: [series], direction: .horizontal,
              mark: .point)
          ]),
        Panel(
          x: Axis(""), y: Axis("wrong test images"),
          layers: [
            .bars(
              names: names, series: [counts("train", 0), counts("test", 1)])
          ]),
      ], columns: 2, size: .init(width: 504, height: 240))
  }()

  static func tile(_ side: Int, _ seed: Int, color: Bool = false)
    -> ImageSheet.Tile
  {
    var values: [Double] = []
    let center = Double(side) / 2 - 0.5
    let radius = Double(side) * (0.22 + 0.12 * noise(seed, 3))
    for y in 0..<side {
      for x in 0..<side {
        let distance = hypot(
          Double(x) - center, (Double(y) - center) * (0.6 + noise(seed, 4)))
        let value = max(0, 1 - abs(distance - radius) / (Double(side) * 0.12))
        values += color ? [value, noise(seed, 5) * value, 1 - value] : [value]
      }
    }
    return .init(
      width: side, height: side, values: values,
      caption: [
        "\(seed % 10) + \((seed * 7) % 10)",
        "λ = 0.\(10 + seed * 3 % 40)",
        "r̂ = −\(seed % 4).\(seed * 13 % 90 + 10)",
      ])
  }

  static let smallDigits = Figure(
    name: "digits-8",
    panels: [
      Panel(
        images: ImageSheet(rows: [
          .init(
            title: "lowest r̂ (teacher and student agree)",
            tiles: (0..<12).map { tile(8, $0) }),
          .init(title: "highest r̂", tiles: (12..<24).map { tile(8, $0) }),
        ]))
    ], size: .init(width: 504, height: 190))

  static let largeDigits = Figure(
    name: "digits-28", title: "Mixed samples by value",
    panels: [
      Panel(
        title: "Fashion-MNIST",
        images: ImageSheet(
          rows: (0..<3).map { row in
            .init(
              tiles: (0..<8).map { tile(28, row * 8 + $0, color: row == 2) })
          }))
    ], size: .init(width: 504, height: 330))

  static let grid: Figure = {
    let x = (0..<30).map { pow(10, Double($0) / 8) }
    func panel(_ title: String, _ factor: Double) -> Panel {
      Panel(
        title: title, x: Axis("step", scale: .logarithmic),
        y: Axis(factor > 1 ? "risk" : "squared weight norm"),
        layers: [
          .line(
            x: x, y: x.map { factor * (1 + cos(log($0))) }, label: "predicted",
            style: 6),
          .points(
            x: x, y: x.map { factor * (1 + cos(log($0)) + 0.1) },
            lower: x.map { factor * (0.9 + cos(log($0))) },
            upper: x.map { factor * (1.2 + cos(log($0))) }, label: "measured",
            style: 1),
        ])
    }
    return Figure(
      name: "grid",
      panels: [
        panel("(a) m = 20", 1e-3), panel("(b) m = 40", 1),
        panel("(c) m = 80", 12_000), panel("(d) m = 160", 5e6),
      ], columns: 2, size: .init(width: 504, height: 380))
  }()

  static let column: Figure = {
    var figure = accuracy
    figure = Figure(
      name: "accuracy-column", caption: figure.caption, panels: figure.panels,
      size: .init(width: 252, height: 230))
    return figure
  }()

  static let all = [
    accuracy, column, counts, histogram, density, arms, smallDigits,
    largeDigits, grid,
  ]
}

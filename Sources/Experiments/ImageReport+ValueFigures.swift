import Figures
import ImageData
import Valuation

/// Figures of r̂: its law, its course over λ, its extremes.
extension ImageReport {
  /// r̂ of an arm's last recorded epoch, all seeds together.
  struct StoredSamples {
    var arm: ModelSettings
    var values: [Double] = []
    var weights: [Double] = []
    /// Sources of the first seed's samples, which come first.
    var first: [Int32] = []
    var second: [Int32] = []
  }

  func storedSamples(_ group: Group) throws -> [StoredSamples] {
    // The arm that drops nothing shows the law of r̂ best.
    let arms = group.arms.filter(isValued).sorted {
      ($0.plan.guidance?.filter == .all ? 0 : 1)
        < ($1.plan.guidance?.filter == .all ? 0 : 1)
    }
    return try arms.map { arm in
      var stored = StoredSamples(arm: arm)
      for (k, seed) in experiment.seeds.enumerated() {
        guard let (values, samples) = try folder(arm, seed: seed).readSamples()
        else { continue }
        stored.values += values
        stored.weights += samples.weights
        if k == 0 {
          stored.first = samples.first
          stored.second = samples.second
        }
      }
      return stored
    }
  }

  /// Equal bins over the central 99 % of the values.
  ///
  /// The rest counts in the outermost bins. Where values lie on both sides of
  /// 0, it is an edge: no bin holds values from both sides of the filters' cut.
  static func edges(_ values: [Double], bins: Int) -> [Double] {
    var low = Statistics.quantile(values, at: 0.005)
    var high = Statistics.quantile(values, at: 0.995)
    // The few on the other side of 0 keep a bin of their own.
    if low >= 0, let least = values.min(), least < 0 { low = least }
    if high <= 0, let most = values.max(), most > 0 { high = most }
    let margin = high > low ? 0 : max(abs(low), 1) * 0.01
    guard low < 0 && high > 0 else {
      return (0...bins).map {
        low - margin
          + (high - low + 2 * margin) * Double($0) / Double(bins)
      }
    }
    // As many below 0 as its share asks for, at least one on either side.
    let share = -low / (high - low)
    let below = min(max(Int((share * Double(bins)).rounded()), 1), bins - 1)
    let width = max(-low / Double(below), high / Double(bins - below))
    return (-below...(bins - below)).map { Double($0) * width }
  }

  /// The bin of a value; one on an edge counts below it, as r̂ ≤ 0 does.
  static func bin(_ value: Double, _ edges: [Double]) -> Int {
    let bins = edges.count - 1
    let upper = edges.partitioningIndex { $0 >= value }
    return min(max(upper - 1, 0), bins - 1)
  }

  func histogramFigure(
    _ group: Group, _ samples: [StoredSamples], styles: [String: Int]
  ) -> Figure {
    let shown = samples.filter { !$0.values.isEmpty }
    let values = shown.flatMap(\.values)
    let edges = Self.edges(values.isEmpty ? [0] : values, bins: 60)
    let series = shown.map { stored in
      var counts = [Double](repeating: 0, count: edges.count - 1)
      for value in stored.values { counts[Self.bin(value, edges)] += 1 }
      return Layer.HistogramSeries(
        label: label(stored.arm), counts: counts,
        style: styles[stored.arm.name] ?? 0)
    }
    return Figure(
      name: "rhat-histogram" + group.suffix, title: title(group),
      caption: caption(
        "r̂ of all mixed samples of the last guided epoch, all "
          + "\(experiment.seeds.count) seeds together; values beyond the "
          + "central 99 % count in the outermost bins. The line at 0 is the "
          + "filters' cut.", of: shown.map(\.arm)),
      panels: [
        Panel(
          x: Axis("r̂, nats"), y: Axis("mixed samples"),
          layers: [.histogram(edges: edges, series: series)],
          referenceLines: [.vertical(0)])
      ], size: .init(width: 504, height: 300),
      footnote: footnote(shown.map(\.arm)))
  }

  func weightFigure(_ group: Group, _ stored: StoredSamples) -> Figure {
    let columns = (0...25).map { Double($0) / 25 }
    let rows = Self.edges(stored.values, bins: 40)
    var counts = [Double](repeating: 0, count: 25 * 40)
    var sums = [Double](repeating: 0, count: 25)
    var sizes = [Double](repeating: 0, count: 25)
    for (value, weight) in zip(stored.values, stored.weights) {
      let column = Self.bin(weight, columns)
      counts[column * 40 + Self.bin(value, rows)] += 1
      sums[column] += abs(value)
      sizes[column] += 1
    }
    let centres = (0..<25).map { (Double($0) + 0.5) / 25 }
    return Figure(
      name: "rhat-by-weight" + group.suffix, title: title(group),
      caption: caption(
        "r̂ against the mixing weight λ for '\(stored.arm.name)' in its last "
          + "guided epoch, all \(experiment.seeds.count) seeds together: counts "
          + "(left) and the mean of |r̂| (right).", of: [stored.arm]),
      panels: [
        Panel(
          x: Axis("λ", range: 0...1), y: Axis("r̂, nats"),
          layers: [
            .density(
              xEdges: columns, yEdges: rows,
              values: counts.map { $0 == 0 ? .nan : $0 },
              valueAxis: Axis("samples", scale: .logarithmic))
          ], referenceLines: [.horizontal(0)]),
        Panel(
          x: Axis("λ", range: 0...1), y: Axis("mean |r̂|, nats"),
          layers: [
            .points(x: centres, y: zip(sums, sizes).map { $0 / $1 })
          ], legend: .hidden),
      ], columns: 2, size: .init(width: 504, height: 242),
      footnote: footnote([stored.arm]))
  }

  /// The most included and most excluded mixed images of the first seed.
  func extremesFigure(
    _ group: Group, _ stored: StoredSamples, _ train: ImageSet
  ) -> Figure {
    let count = stored.first.count
    let order = (0..<count).sorted {
      stored.values[$0] != stored.values[$1]
        ? stored.values[$0] < stored.values[$1] : $0 < $1
    }
    let shown = min(10, count / 2)
    func row(_ title: String, _ indices: some Sequence<Int>)
      -> ImageSheet.Row
    {
      ImageSheet.Row(
        title: title,
        tiles: indices.map { s in
          let (i, j) = (Int(stored.first[s]), Int(stored.second[s]))
          let weight = stored.weights[s]
          return ImageSheet.Tile(
            width: train.shape.width, height: train.shape.height,
            values: train.mixedPixels(i, j, weight),
            caption: [
              "\(fixed(weight, 2)) × \(train.className(i))",
              "\(fixed(1 - weight, 2)) × \(train.className(j))",
              "r̂ = " + fixed(stored.values[s], 2),
            ])
        })
    }
    return Figure(
      name: "extremes" + group.suffix, title: title(group),
      caption: caption(
        "The mixed images of the lowest and highest r̂ of '\(stored.arm.name)' "
          + "in its last guided epoch, seed \(experiment.seeds[0]), with λ on "
          + "the first label.", of: [stored.arm]),
      panels: [
        Panel(
          images: ImageSheet(rows: [
            row("lowest r̂: included", order.prefix(shown)),
            row("highest r̂: excluded", order.suffix(shown).reversed()),
          ]))
      ], size: .init(width: 648, height: 248), footnote: footnote([stored.arm]))
  }
}

extension ImageSet {
  /// The name of an image's class.
  func className(_ index: Int) -> String { classNames[Int(labels[index])] }

  /// λ·x_i + (1 − λ)·x_j in [0, 1], as a picture has them: grey, or red, green
  /// and blue of each pixel beside each other.
  func mixedPixels(_ i: Int, _ j: Int, _ weight: Double) -> [Double] {
    let size = shape.valueCount
    let plane = shape.width * shape.height
    return (0..<size).map { k in
      let (pixel, channel) = (k / shape.channels, k % shape.channels)
      let place = channel * plane + pixel
      let value =
        weight * Double(pixels[i * size + place])
        + (1 - weight) * Double(pixels[j * size + place])
      return value / Double(maximumPixel)
    }
  }
}

extension [Double] {
  /// The first index from which on the predicate holds, in sorted elements.
  fileprivate func partitioningIndex(
    where holds: (Double) -> Bool
  ) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

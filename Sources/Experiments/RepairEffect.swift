import ImageTrain

/// A share k/n with the Wilson score interval at 95 %.
///
///     (k + z²/2 ± z √(k(n − k)/n + z²/4)) / (n + z²),   z = Φ⁻¹(0.975)
///
/// - Source: Wilson 1927, "Probable inference, the law of succession, and
///   statistical inference".
struct Proportion: Sendable, Equatable {
  let count: Int
  let total: Int

  /// k/n.
  var share: Double { Double(count) / Double(total) }

  /// The interval, within [0, 1].
  var interval: ClosedRange<Double> {
    let z = 1.959963984540054
    let (k, n) = (Double(count), Double(total))
    let spread = z * (k * (n - k) / n + z * z / 4).squareRoot()
    let middle = k + z * z / 2
    return max(
      0, (middle - spread) / (n + z * z))...min(
        1, (middle + spread) / (n + z * z))
  }

  var value: ConfigurationValue {
    [
      "count": .int(count), "total": .int(total), "share": .double(share),
      "interval": .numbers([interval.lowerBound, interval.upperBound]),
    ]
  }
}

/// What a repair changed on test samples that found no causes.
struct RepairEffect: Sendable, Equatable {
  /// Holdout failures that are right now.
  let success: Proportion
  /// Samples that were right and are wrong now.
  let damage: Proportion
  /// Failures other than those selected that are right now.
  let others: Proportion
  /// Right samples among all test samples but the queries, which the repair
  /// has seen.
  let accuracy: Proportion

  init(_ failures: FailureSet, predicted: [Int32], labels: [Int32]) {
    func right(_ indices: [Int]) -> Int {
      indices.count { predicted[$0] == labels[$0] }
    }
    let (repaired, kept) = (right(failures.holdout), right(failures.right))
    success = Proportion(count: repaired, total: failures.holdout.count)
    damage = Proportion(
      count: failures.right.count - kept, total: failures.right.count)
    others = Proportion(
      count: right(failures.others), total: failures.others.count)
    accuracy = Proportion(
      count: repaired + kept + others.count,
      total: labels.count - failures.queries.count)
  }

  var value: ConfigurationValue {
    var value: ConfigurationValue = ["success": success.value]
    // A share of no samples is none.
    if damage.total > 0 { value["damage"] = damage.value }
    value["accuracy"] = accuracy.value
    if others.total > 0 { value["others"] = others.value }
    return value
  }
}

/// The effect of a repair as a table, with that of its control.
struct EffectTable {
  /// The numbers.
  private(set) var csv = CSVTable(header: [
    "quantity", "before", "after", "lower", "upper", "n",
  ])
  /// In percent.
  private(set) var text = TextTable([
    .init("quantity"), .init("before %", .trailing),
    .init("after %", .trailing), .init("95 % interval", .trailing),
    .init("n", .trailing),
  ])

  /// - Parameter control: Of the same training with the causes.
  init(before: RepairEffect, after: RepairEffect, control: RepairEffect?) {
    let quantities: [(name: String, part: (RepairEffect) -> Proportion)] = [
      ("holdout failures that are right", { $0.success }),
      ("right samples that became wrong", { $0.damage }),
      ("other failures that are right", { $0.others }),
      ("accuracy without queries", { $0.accuracy }),
    ]
    let effects = [("", after)] + (control.map { [("control: ", $0)] } ?? [])
    for (prefix, effect) in effects {
      for (name, part) in quantities where part(effect).total > 0 {
        add(prefix + name, part(before), part(effect))
      }
    }
  }

  private mutating func add(
    _ name: String, _ first: Proportion, _ second: Proportion
  ) {
    let ends = second.interval
    csv.append([
      .text(name), .double(first.share), .double(second.share),
      .double(ends.lowerBound), .double(ends.upperBound), .int(second.total),
    ])
    func percent(_ share: Double) -> String {
      ImageReport.text([100 * share], digits: 2)
    }
    text.append([
      name, percent(first.share), percent(second.share),
      percent(ends.lowerBound) + " – " + percent(ends.upperBound),
      "\(second.total)",
    ])
  }
}

extension WeightConsolidation.Ascent {
  /// Its course in words.
  var text: String {
    "\(steps) steps, gain \(ImageReport.text([gain], digits: 3)) nats "
      + "(\(ImageReport.text([lateGain], digits: 3)) in the last 20), "
      + "decrement \(ImageReport.text([decrement], digits: 3)) nats"
  }

  var value: ConfigurationValue {
    [
      "steps": .int(steps), "gain": .double(gain),
      "lateGain": .double(lateGain), "decrement": .double(decrement),
      "converged": .bool(hasConverged),
    ]
  }
}

extension DeletionEnd {
  /// The reason in words.
  var text: String {
    switch self {
    case .maximum: "the objective has its maximum there"
    case .steps: "the last of --steps"
    case .queries:
      "a further step would make the query failures less likely"
    case .guess:
      "a further step would make the causes less likely than a guess"
    case .kink: "no step raises the objective, as at a kink of ReLU"
    }
  }
}

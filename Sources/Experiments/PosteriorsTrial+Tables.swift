import ArrayFiles
import ImageTrain

/// What a posteriors experiment writes for a seed.
extension PosteriorsTrial {
  func tables() throws -> [(name: String, table: CSVTable)] {
    let (reference, rows, curvatures) = try results()
    let all = [reference] + rows
    return [
      ("failures", failureTable), ("agreement", agreement(reference, all)),
      ("predictive", predictive(all)), ("curvature", curvature(curvatures)),
      ("values", values(all)), ("mixed", mixed(all)), ("timing", timing(all)),
    ]
  }

  private var count: Int { images.train.count }

  private var failureTable: CSVTable {
    var table = CSVTable(header: [
      "train", "flipped", "test", "queries", "holdout", "accuracy",
      "parameters",
    ])
    table.append([
      .int(count), .int(images.isCorrupted.count { $0 }),
      .int(images.test.count), .int(failures.queries.count),
      .int(failures.holdout.count),
      .double(Double(failures.right.count) / Double(images.test.count)),
      .int(network.parameters.count),
    ])
    return table
  }

  /// How each row stands to the reference and to the flipped labels.
  ///
  /// Signs are compared on the samples whose reference is further from 0 than
  /// two of its standard errors.
  private func agreement(_ reference: Row, _ rows: [Row]) -> CSVTable {
    var table = CSVTable(header: [
      "posterior", "single", "mixed", "singleSign", "mixedSign", "precision",
      "averagePrecision", "medianError", "resolved", "deviation",
    ])
    let errors = reference.errors ?? []
    let (single, mixed) = (0..<count, count..<samples.count)
    for row in rows {
      func correlation(_ range: Range<Int>) -> Double {
        Statistics.rankCorrelation(
          Array(row.values[range]), Array(reference.values[range]))
      }
      func signs(_ range: Range<Int>) -> Double {
        guard row.name != "loss", row.name != "random" else { return .nan }
        let clear = range.filter {
          abs(reference.values[$0]) > 2 * errors[$0]
        }
        return Double(
          clear.count { (row.values[$0] > 0) == (reference.values[$0] > 0) }
        ) / Double(clear.count)
      }
      let ranking = FailureCauses.ranking(Array(row.values[single]))
      let found = Detection(ranking.map { images.isCorrupted[$0] })
      let own = row.errors?[single]
      let deviation = SampleSummary(Array(row.values[single]))
      table.append([
        .text(row.name), .double(correlation(single)),
        .double(correlation(mixed)), .double(signs(single)),
        .double(signs(mixed)),
        .double(found.precision(at: experiment.inspected)),
        .double(found.averagePrecision),
        .double(own.map { Statistics.median(Array($0)) } ?? .nan),
        .double(
          own.map { errors in
            Double(single.count { abs(row.values[$0]) > 2 * errors[$0] })
              / Double(count)
          } ?? .nan), .double(deviation.standardDeviation ?? .nan),
      ])
    }
    return table
  }

  private func predictive(_ rows: [Row]) -> CSVTable {
    var table = CSVTable(header: [
      "posterior", "holdoutBefore", "holdoutAfter", "rightBefore",
      "rightAfter",
    ])
    for row in rows {
      guard let found = row.predictive else { continue }
      table.append([
        .text(row.name), .double(found.holdout.0), .double(found.holdout.1),
        .double(found.right.0), .double(found.right.1),
      ])
    }
    return table
  }

  private func curvature(_ curvatures: [Curvature]) -> CSVTable {
    var table = CSVTable(header: [
      "posterior", "priorPrecision", "largest", "effective",
      "effectiveAfter", "steps", "gain", "decrement", "converged",
    ])
    for found in curvatures {
      table.append([
        .text(found.name), .double(found.priorPrecision),
        .double(found.largest), .double(found.effective?.0 ?? .nan),
        .double(found.effective?.1 ?? .nan), .int(found.steps),
        .double(found.gain), .double(found.decrement),
        .int(found.hasConverged ? 1 : 0),
      ])
    }
    return table
  }

  private func values(_ rows: [Row]) -> CSVTable {
    var table = CSVTable(
      header: ["index", "label", "flipped"] + rows.map(\.name))
    for i in 0..<count {
      table.append(
        [
          .int(i), .int(Int(images.train.labels[i])),
          .int(images.isCorrupted[i] ? 1 : 0),
        ] + rows.map { .double($0.values[i]) })
    }
    return table
  }

  private func mixed(_ rows: [Row]) -> CSVTable {
    var table = CSVTable(
      header: ["first", "second", "weight"] + rows.map(\.name))
    for s in count..<samples.count {
      table.append(
        [
          .int(Int(samples.first[s])), .int(Int(samples.second[s])),
          .double(samples.weights[s]),
        ] + rows.map { .double($0.values[s]) })
    }
    return table
  }

  /// The one table that differs from run to run.
  private func timing(_ rows: [Row]) -> CSVTable {
    var table = CSVTable(header: ["posterior", "seconds"])
    for row in rows {
      table.append([.text(row.name), .double(row.seconds)])
    }
    return table
  }
}

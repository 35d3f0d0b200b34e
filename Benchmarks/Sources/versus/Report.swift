import Foundation

/// Tables for a reader, and rows for a program.
enum Report {
  /// One workload: a row per contender, then the targets.
  static func table(_ match: Match, _ targets: [Target]) -> String {
    let names = match.rows.map(\.contender.name) + match.absent.map(\.name)
    let width = names.map(\.count).max() ?? 0
    var lines = [
      "## \(match.workload.rawValue), \(match.threads) thread"
        + (match.threads == 1 ? "" : "s"),
      "",
      pad("worker", width) + "  median s     min s     max s"
        + "   /mixlab  by round      check",
    ]
    for row in match.rows {
      let seconds = row.seconds
      var line =
        pad(row.contender.name, width)
        + number(row.median, 10, 4) + number(seconds.min(), 10, 4)
        + number(seconds.max(), 10, 4)
      line += number(match.mixlab.map { row.median / $0.median }, 10, 2)
      line += number(match.mixlab.map { Match.medianRatio(row, $0) }, 10, 2)
      line += number(row.turns.last?.check, 11, 4)
      lines.append(line)
    }
    for (name, reason) in match.absent {
      lines.append("\(pad(name, width))  absent: \(reason)")
    }
    lines.append("")
    for target in targets {
      lines.append(sentence(target))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Every counted turn: workload, threads, worker, round, seconds, check.
  static func csv(_ matches: [Match]) -> String {
    var lines = ["workload,threads,worker,round,seconds,check"]
    for match in matches {
      for row in match.rows {
        for (round, turn) in row.turns.enumerated() {
          let check = turn.check.map { "\($0)" } ?? ""
          lines.append(
            "\(match.workload.rawValue),\(match.threads),"
              + "\"\(row.contender.name)\",\(round + 1),"
              + "\(turn.seconds),\(check)")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func sentence(_ target: Target) -> String {
    let verdict =
      switch target.isMet {
      case true?: "met"
      case false?: "NOT MET"
      case nil: "not measured"
      }
    let bound =
      switch target.bound {
      case .atLeast(let limit): ">= \(limit)"
      case .atMost(let limit): "<= \(limit)"
      }
    let measured = target.measured.map { number($0, 0, 2) } ?? "-"
    return "\(pad(verdict, 12))  \(target.text) \(bound): \(measured)"
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func number(
    _ value: Double?, _ width: Int, _ digits: Int
  ) -> String {
    let text = value.map { String(format: "%.\(digits)f", $0) } ?? "-"
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

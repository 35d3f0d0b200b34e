import Foundation

/// The turns of all contenders in one workload with one number of threads.
struct Match {
  struct Row {
    let contender: Contender
    /// One a round, the discarded round left out.
    let turns: [Turn]

    var seconds: [Double] { turns.map(\.seconds) }
    var median: Double { Match.median(seconds) }
  }

  let workload: Workload
  let threads: Int
  var rows: [Row] = []
  /// Contenders without a time, with the reason.
  var absent: [(name: String, reason: String)] = []

  /// Starts the contenders one after the other and lets them work in turns.
  ///
  /// A contender that fails at any time is absent. The pause before a turn
  /// lets the threads of the one before stop spinning.
  init(
    _ workload: Workload, threads: Int, python: String, rounds: Int,
    pause: Double, progress: (String) -> Void
  ) {
    self.workload = workload
    self.threads = threads
    var workers: [Worker] = []
    for contender in Contender.all(
      in: workload, threads: threads, python: python)
    {
      progress("starting \(contender.name)")
      do {
        workers.append(try Worker(contender))
      } catch {
        absent.append((contender.name, "\(error)"))
      }
    }
    var turns = [[Turn]](repeating: [], count: workers.count)
    var failed: Set<Int> = []
    for round in 0...rounds {
      progress("round \(round) of \(rounds)")
      for (index, worker) in workers.enumerated()
      where !failed.contains(index) {
        Thread.sleep(forTimeInterval: pause)
        do {
          let turn = try worker.turn()
          if round > 0 { turns[index].append(turn) }
        } catch {
          failed.insert(index)
          absent.append((worker.contender.name, "\(error)"))
        }
      }
    }
    for (index, worker) in workers.enumerated()
    where !failed.contains(index) {
      rows.append(Row(contender: worker.contender, turns: turns[index]))
    }
  }

  func row(named name: String) -> Row? {
    rows.first { $0.contender.name == name }
  }

  var mixlab: Row? { rows.first { $0.contender.kind == .mixlab } }

  /// The fastest row among those of the given kinds that `counts`.
  func fastest(
    _ kinds: [Contender.Kind],
    where counts: (Contender) -> Bool = { _ in true }
  ) -> Row? {
    rows.filter { kinds.contains($0.contender.kind) && counts($0.contender) }
      .min { $0.median < $1.median }
  }

  /// The median; the mean of the middle two for an even count.
  ///
  /// - Precondition: `values` is not empty.
  static func median(_ values: [Double]) -> Double {
    precondition(!values.isEmpty, "median of no values")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// Median over the rounds of `row`'s time over `other`'s in that round.
  static func medianRatio(_ row: Row, _ other: Row) -> Double {
    median(zip(row.seconds, other.seconds).map { $0 / $1 })
  }
}

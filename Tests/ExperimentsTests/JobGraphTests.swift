import Experiments
import Foundation
import Synchronization
import Testing

private struct Failure: Error, Equatable { let number: Int }

/// What the jobs of a test did, from several threads.
private final class Log: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock(\.self) }
}

@Suite("Jobs with dependencies on several threads")
struct JobGraphTests {
  /// Binomial coefficients: each job adds up the two above it.
  private func pascal(rows: Int) -> JobGraph<[Int], Int> {
    var graph = JobGraph<[Int], Int>()
    for row in 0..<rows {
      for column in 0...row {
        let above = [[row - 1, column - 1], [row - 1, column]]
          .filter { $0[0] >= 0 && $0[1] >= 0 && $0[1] <= $0[0] }
        graph.add([row, column], after: above) { scope in
          above.isEmpty ? 1 : above.reduce(0) { $0 + scope[$1] }
        }
      }
    }
    return graph
  }

  @Test("results do not depend on the workers", arguments: [1, 2, 3, 8, 64])
  func deterministic(workers: Int) throws {
    let values = try pascal(rows: 20).run(workers: workers)
    #expect(values.count == 210)
    #expect(values[[19, 9]] == 92378)
    #expect(values == (try pascal(rows: 20).run(workers: 1)))
  }

  @Test("one worker begins jobs in the order of adding")
  func order() throws {
    let log = Log()
    var graph = JobGraph<String, Void>()
    graph.add("late") { _ in log.add("late") }
    graph.add("early") { _ in log.add("early") }
    graph.add("after late", after: ["late"]) { _ in log.add("after late") }
    graph.add("last") { _ in log.add("last") }
    _ = try graph.run(workers: 1)
    #expect(log.all == ["late", "early", "after late", "last"])
    #expect(graph.keys == log.all)
  }

  @Test("two workers do compute at the same time")
  func parallel() throws {
    let first = DispatchSemaphore(value: 0)
    let second = DispatchSemaphore(value: 0)
    var graph = JobGraph<Int, Bool>()
    graph.add(0) { _ in
      first.signal()
      return second.wait(timeout: .now() + 20) == .success
    }
    graph.add(1) { _ in
      second.signal()
      return first.wait(timeout: .now() + 20) == .success
    }
    #expect(try graph.run(workers: 2) == [0: true, 1: true])
  }

  @Test("the first failure keeps the rest from beginning", arguments: [1, 4])
  func failure(workers: Int) {
    let log = Log()
    var graph = JobGraph<Int, Int>()
    graph.add(0) { _ in throw Failure(number: 0) }
    for key in 1...50 {
      graph.add(key, after: [key - 1]) { _ in
        log.add("\(key)")
        return key
      }
    }
    #expect(throws: Failure(number: 0)) { try graph.run(workers: workers) }
    #expect(log.all.isEmpty)
  }

  @Test(
    "a failure that concerns its job alone stops what needs it, and no more",
    arguments: [1, 2, 8])
  func localFailure(workers: Int) {
    let log = Log()
    var graph = JobGraph<Int, Int>()
    // 0 and 4 fail; 1, 2 and 5 need them, 2 by way of another.
    let needs = [[], [0], [1], [], [3], [4, 0], [3], [6]]
    for (key, needed) in needs.enumerated() {
      graph.add(key, after: needed) { _ in
        if key == 0 || key == 4 { throw Failure(number: key) }
        log.add("\(key)")
        return key
      }
    }
    #expect(throws: Failure(number: 0)) {
      try graph.run(workers: workers, goingOnAfter: { $0 is Failure })
    }
    #expect(log.all.sorted() == ["3", "6", "7"])
  }

  @Test("a failure raises the flag of those that run")
  func stopsRunning() {
    let log = Log()
    let running = DispatchSemaphore(value: 0)
    var graph = JobGraph<Int, Int>()
    graph.add(0) { scope in
      running.signal()
      while true {
        do { try scope.cancellation.check() } catch {
          log.add("stopped")
          throw error
        }
        Thread.sleep(forTimeInterval: 0.001)
      }
    }
    graph.add(1) { _ in
      running.wait()
      throw Failure(number: 1)
    }
    #expect(throws: Failure(number: 1)) { try graph.run(workers: 2) }
    #expect(log.all == ["stopped"])
  }

  @Test("a raised flag stops the run, a run that is done stays done")
  func cancellation() throws {
    let flag = CancellationFlag()
    var graph = JobGraph<Int, Int>()
    graph.add(0) { _ in
      flag.raise()
      return 0
    }
    graph.add(1, after: [0]) { _ in 1 }
    #expect(throws: Interrupted()) {
      try graph.run(workers: 2, cancellation: flag)
    }
    #expect(Interrupted().exitStatus == .interrupted)
    var single = JobGraph<Int, Int>()
    let other = CancellationFlag()
    single.add(0) { _ in
      other.raise()
      return 7
    }
    #expect(try single.run(workers: 1, cancellation: other) == [0: 7])
  }

  @Test("a failed run does not raise its caller's flag")
  func callersFlag() {
    let flag = CancellationFlag()
    var graph = JobGraph<Int, Int>()
    graph.add(0) { _ in throw Failure(number: 0) }
    #expect(throws: Failure.self) {
      try graph.run(workers: 1, cancellation: flag)
    }
    #expect(!flag.isRaised)
  }

  @Test("no jobs, no results")
  func empty() throws {
    #expect(try JobGraph<Int, Int>().run(workers: 4).isEmpty)
  }

  @Test("what cannot run is a mistake of the caller")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      var graph = JobGraph<Int, Int>()
      graph.add(0, after: [1]) { _ in 0 }
    }
    await #expect(processExitsWith: .failure) {
      var graph = JobGraph<Int, Int>()
      graph.add(0) { _ in 0 }
      graph.add(0) { _ in 0 }
    }
  }
}

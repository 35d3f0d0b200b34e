import Experiments
import Foundation
import Testing

/// Sends this process a signal and waits for at most ten seconds until `done`.
///
/// The signal goes to the process, as from a terminal: the threads that tests
/// run on keep signals to themselves.
private func send(_ number: Int32, until done: () -> Bool) {
  kill(getpid(), number)
  for _ in 0..<1000 where !done() {
    Thread.sleep(forTimeInterval: 0.01)
  }
}

@Suite("Signals ask the work to stop")
struct InterruptTests {
  @Test("the first raises the flag", arguments: [SIGINT, SIGTERM])
  func first(number: Int32) async {
    await #expect(processExitsWith: .exitCode(7)) { [number] in
      let flag = Interrupt.install()
      guard !flag.isRaised else { exit(1) }
      send(number) { flag.isRaised }
      exit(flag.isRaised ? 7 : 1)
    }
  }

  @Test("the second ends the process with status 130")
  func second() async {
    await #expect(processExitsWith: .exitCode(130)) {
      let flag = Interrupt.install()
      send(SIGINT) { flag.isRaised }
      send(SIGTERM) { false }
      exit(1)
    }
  }

  @Test("a run in progress ends as interrupted")
  func run() async {
    await #expect(processExitsWith: .exitCode(130)) {
      let flag = Interrupt.install()
      var graph = JobGraph<Int, Int>()
      for key in 0..<4 {
        graph.add(key) { scope in
          if key == 0 { kill(getpid(), SIGINT) }
          while true {
            try scope.cancellation.check()
            Thread.sleep(forTimeInterval: 0.01)
          }
        }
      }
      do {
        _ = try graph.run(workers: 2, cancellation: flag)
      } catch let error as Interrupted {
        exit(error.exitStatus.rawValue)
      }
      exit(1)
    }
  }
}

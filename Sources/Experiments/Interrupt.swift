import ArrayFiles
import Foundation
import Synchronization

/// SIGINT and SIGTERM as a request to stop.
///
/// The first signal raises a flag, at which the work stops at its next step
/// and leaves what it finished. The second ends the process at once with
/// status 130.
public enum Interrupt {
  /// Takes over the two signals, for the rest of the process, and returns the
  /// flag that the first of them raises.
  ///
  /// A signal handler can reach nothing but global state: this flag and the
  /// count of signals are the only such state here, and both are atomic.
  public static func install() -> CancellationFlag {
    // Touched here, so that the handler finds them initialised.
    signalCount.store(0, ordering: .sequentiallyConsistent)
    let flag = interruptFlag
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        let earlier = signalCount.add(1, ordering: .sequentiallyConsistent)
          .oldValue
        if earlier > 0 { _exit(ExitStatus.interrupted.rawValue) }
        interruptFlag.raise()
      }
    }
    return flag
  }
}

private let signalCount = Atomic(0)
private let interruptFlag = CancellationFlag()

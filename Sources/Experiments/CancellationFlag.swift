public import ArrayFiles
import Synchronization

/// A request to stop that long work looks at between its steps.
///
/// Once raised it stays raised. A flag made from another is also raised when
/// that one is.
public final class CancellationFlag: Sendable {
  private let raised = Atomic(false)
  private let parent: CancellationFlag?

  /// A flag that is down; with a `parent`, one that follows it.
  public init(parent: CancellationFlag? = nil) {
    self.parent = parent
  }

  /// Whether the work should stop.
  public var isRaised: Bool {
    raised.load(ordering: .acquiring) || parent?.isRaised ?? false
  }

  /// Asks the work to stop.
  public func raise() {
    raised.store(true, ordering: .releasing)
  }

  /// Throws where the work should stop.
  public func check() throws(Interrupted) {
    if isRaised { throw Interrupted() }
  }
}

/// The work was stopped by its user.
public struct Interrupted: ExitStatusProviding, Equatable,
  CustomStringConvertible
{
  /// Creates the error.
  public init() {}

  /// One line.
  public var description: String {
    "interrupted; what was finished is kept: go on with --resume"
  }

  /// 130.
  public var exitStatus: ExitStatus { .interrupted }
}

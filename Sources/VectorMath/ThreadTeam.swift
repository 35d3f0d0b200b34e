import Glibc
import Synchronization

/// A fixed team of threads for work that is cut into pieces of well under a
/// millisecond.
///
/// The caller is a member. The others spin for a fraction of a millisecond
/// between two pieces of work and sleep afterwards, so that a training step's
/// five meeting points cost little and an idle team costs nothing. How the work
/// is cut is the caller's choice; where it changes a number, it must not depend
/// on the team's size.
public final class ThreadTeam {
  /// Number of threads, the caller included.
  public let size: Int
  private let shared: Shared
  private var threads: [pthread_t] = []

  /// Starts a team.
  ///
  /// - Precondition: `size >= 1`.
  public init(size: Int) {
    precondition(size >= 1, "a team has at least one thread, not \(size)")
    self.size = size
    shared = Shared(memberCount: size - 1)
    for _ in 1..<size {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(shared)
      let status = pthread_create(
        &thread, nil,
        { raw in
          let shared = Unmanaged<Shared>.fromOpaque(raw!).takeRetainedValue()
          shared.work()
          return nil
        }, context.toOpaque())
      precondition(status == 0, "cannot start a thread: error \(status)")
      threads.append(thread)
    }
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs `body` for each piece 0 ..< `pieces` and returns when all are done.
  ///
  /// Pieces are handed out in order; no two threads get the same one.
  public func forEach(_ pieces: Int, _ body: (Int) -> Void) {
    if size == 1 || pieces <= 1 {
      for piece in 0..<pieces { body(piece) }
      return
    }
    withoutActuallyEscaping(body) { body in
      shared.run(pieces: pieces, body)
    }
  }
}

/// The `piece`-th of `pieces` ranges of nearly equal length that make up
/// 0 ..< `count`, in order.
public func cut(_ count: Int, _ piece: Int, of pieces: Int) -> Range<Int> {
  count * piece / pieces..<count * (piece + 1) / pieces
}

/// What the members share.
///
/// `@unchecked`: `body` and `pieces` are written by the caller alone while all
/// members wait, published by the release of `generation` and read after its
/// acquisition; the caller returns only when `busy` is back at zero.
private final class Shared: @unchecked Sendable {
  private let memberCount: Int
  private var body: ((Int) -> Void)?
  private var pieces = 0
  private let next = Atomic<Int>(0)
  private let generation = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(
    capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(
    capacity: 1)

  /// Turns of the waiting loop before a member sleeps: some 0.3 ms.
  ///
  /// A member that sleeps misses a whole phase of a training step while it
  /// wakes.
  private static let patience = 200_000
  /// Turns between two offers of the core to whoever waits for one: where there
  /// are more threads than cores, that is a thread with work.
  private static let politeness = 4_096

  init(memberCount: Int) {
    self.memberCount = memberCount
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wakeUp, nil)
  }

  deinit {
    pthread_cond_destroy(wakeUp)
    pthread_mutex_destroy(mutex)
    wakeUp.deallocate()
    mutex.deallocate()
  }

  func run(pieces: Int, _ body: @escaping (Int) -> Void) {
    self.body = body
    self.pieces = pieces
    next.store(0, ordering: .relaxed)
    busy.store(memberCount, ordering: .relaxed)
    advanceGeneration()
    takePieces(body, pieces)
    var turns = 0
    while busy.load(ordering: .acquiring) > 0 {
      turns += 1
      if turns.isMultiple(of: Self.politeness) { sched_yield() }
    }
    self.body = nil
  }

  func stop() {
    stopping.store(true, ordering: .relaxed)
    advanceGeneration()
  }

  func work() {
    var seen = 0
    while true {
      awaitGeneration(after: seen)
      seen += 1
      if stopping.load(ordering: .relaxed) { return }
      if let body { takePieces(body, pieces) }
      busy.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  private func takePieces(_ body: (Int) -> Void, _ pieces: Int) {
    while true {
      let piece = next.add(1, ordering: .relaxed).oldValue
      if piece >= pieces { return }
      body(piece)
    }
  }

  private func advanceGeneration() {
    generation.add(1, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wakeUp)
    pthread_mutex_unlock(mutex)
  }

  private func awaitGeneration(after seen: Int) {
    for turn in 1...Self.patience {
      if generation.load(ordering: .acquiring) != seen { return }
      if turn.isMultiple(of: Self.politeness) { sched_yield() }
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen {
      pthread_cond_wait(wakeUp, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }
}

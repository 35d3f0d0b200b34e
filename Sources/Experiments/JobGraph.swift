import Foundation
import Synchronization

/// Jobs that may need the results of earlier ones, run on threads of their own.
///
/// A job computes for minutes, which would starve Swift's cooperative pool;
/// hence real threads. Jobs are begun in the order in which they were added,
/// as far as their dependencies allow, so the order of adding is the priority.
/// A job depends on jobs added before it; a circle cannot be written.
///
///     var graph = JobGraph<String, Double>()
///     graph.add("teacher") { _ in try train() }
///     graph.add("student", after: ["teacher"]) { scope in
///       try distil(from: scope["teacher"], until: scope.cancellation)
///     }
///     let results = try graph.run(workers: 2)
///
/// A job sees the values of its dependencies and nothing else of the run, so
/// that results do not depend on the number of workers.
public struct JobGraph<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  struct Job: Sendable {
    let key: Key
    let dependencies: [Int]
    let body: @Sendable (JobScope<Key, Value>) throws -> Value
  }

  private(set) var jobs: [Job] = []
  private var indices: [Key: Int] = [:]

  /// Creates a graph without jobs.
  public init() {}

  /// The keys in the order in which they were added.
  public var keys: [Key] { jobs.map(\.key) }

  /// Adds a job.
  ///
  /// - Parameters:
  ///   - key: its name in this graph.
  ///   - dependencies: the jobs whose values it needs.
  ///   - body: computes the value. It looks at `JobScope.cancellation` between
  ///     its steps.
  /// - Precondition: `key` is new and `dependencies` have been added.
  public mutating func add(
    _ key: Key, after dependencies: [Key] = [],
    body: @escaping @Sendable (JobScope<Key, Value>) throws -> Value
  ) {
    precondition(indices[key] == nil, "the job '\(key)' was added before")
    let needed = Set(dependencies).map { dependency in
      guard let index = indices[dependency] else {
        preconditionFailure(
          "the job '\(key)' needs '\(dependency)', which was not added")
      }
      return index
    }
    indices[key] = jobs.count
    jobs.append(Job(key: key, dependencies: needed.sorted(), body: body))
  }

  /// Runs every job and returns the values by key.
  ///
  /// The first job that throws keeps all others from beginning and raises the
  /// scope's flag for those that run, unless the error is one of those that
  /// stop nothing but the jobs that need the failed one.
  ///
  /// - Parameters:
  ///   - workers: the number of threads, at least 1.
  ///   - cancellation: stops the run when raised.
  ///   - isLocal: whether jobs that do not need the failed one go on after an
  ///     error; the run throws it when they are done.
  /// - Throws: the error of the failed job that was added first; `Interrupted`
  ///   where jobs are left because `cancellation` was raised.
  public func run(
    workers: Int, cancellation: CancellationFlag = CancellationFlag(),
    goingOnAfter isLocal: @escaping @Sendable (any Error) -> Bool = { _ in
      false
    }
  ) throws -> [Key: Value] {
    precondition(workers >= 1, "jobs need at least one worker, not \(workers)")
    let run = JobRun(
      jobs: jobs, workers: workers, cancellation: cancellation,
      isLocal: isLocal)
    return try run.perform()
  }
}

/// What a job can see of the run that it is part of.
public struct JobScope<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// Raised when the run is to stop; the job should then throw `Interrupted`.
  public let cancellation: CancellationFlag
  private let values: [Key: Value]

  init(cancellation: CancellationFlag, values: [Key: Value]) {
    self.cancellation = cancellation
    self.values = values
  }

  /// The value of a job that this one was added after.
  ///
  /// - Precondition: `key` is one of the job's dependencies.
  public subscript(key: Key) -> Value {
    guard let value = values[key] else {
      preconditionFailure("'\(key)' is not a dependency of this job")
    }
    return value
  }
}

/// One run of a graph: the state that its threads share.
private final class JobRun<
  Key: Hashable & Sendable, Value: Sendable
>: Sendable {
  private struct State {
    /// How many dependencies each job still waits for.
    var missing: [Int]
    /// Jobs that can begin.
    var ready: Set<Int>
    var values: [Int: Value] = [:]
    var failures: [Int: any Error] = [:]
    /// Jobs that will never begin because they need one that failed.
    var blocked: Set<Int> = []
    var isStopping = false
  }

  private let jobs: [JobGraph<Key, Value>.Job]
  private let dependents: [[Int]]
  private let workers: Int
  private let cancellation: CancellationFlag
  private let isLocal: @Sendable (any Error) -> Bool
  private let state: Mutex<State>
  /// One signal per job that became ready; at the end one per worker.
  private let wakeUp = DispatchSemaphore(value: 0)
  private let stopped = DispatchSemaphore(value: 0)

  init(
    jobs: [JobGraph<Key, Value>.Job], workers: Int,
    cancellation: CancellationFlag,
    isLocal: @escaping @Sendable (any Error) -> Bool
  ) {
    self.jobs = jobs
    self.isLocal = isLocal
    self.workers = min(workers, max(jobs.count, 1))
    self.cancellation = CancellationFlag(parent: cancellation)
    var dependents = [[Int]](repeating: [], count: jobs.count)
    for (index, job) in jobs.enumerated() {
      for dependency in job.dependencies {
        dependents[dependency].append(index)
      }
    }
    self.dependents = dependents
    let missing = jobs.map(\.dependencies.count)
    state = Mutex(
      State(
        missing: missing,
        ready: Set(missing.indices.filter { missing[$0] == 0 })))
  }

  func perform() throws -> [Key: Value] {
    if jobs.isEmpty { return [:] }
    signal(state.withLock { $0.ready.count })
    for number in 0..<workers {
      let thread = Thread { [self] in
        while let (index, scope) = next() {
          finish(index, Result { try jobs[index].body(scope) })
        }
        stopped.signal()
      }
      thread.name = "job-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
    for _ in 0..<workers { stopped.wait() }
    return try state.withLock { state in
      let failures = state.failures.sorted { $0.key < $1.key }.map(\.value)
      if let error = failures.first(where: { !($0 is Interrupted) }) {
        throw error
      }
      guard state.values.count == jobs.count else { throw Interrupted() }
      return Dictionary(
        uniqueKeysWithValues: state.values.map { (jobs[$0].key, $1) })
    }
  }

  /// Waits for a job that can begin; nil when there will be none.
  private func next() -> (Int, JobScope<Key, Value>)? {
    wakeUp.wait()
    return state.withLock { state in
      if cancellation.isRaised { stop(&state) }
      guard !state.isStopping, let index = state.ready.min() else {
        return nil
      }
      state.ready.remove(index)
      var values: [Key: Value] = [:]
      for dependency in jobs[index].dependencies {
        values[jobs[dependency].key] = state.values[dependency]
      }
      return (index, JobScope(cancellation: cancellation, values: values))
    }
  }

  private func finish(_ index: Int, _ result: Result<Value, any Error>) {
    state.withLock { state in
      switch result {
      case .success(let value):
        state.values[index] = value
        for dependent in dependents[index] {
          state.missing[dependent] -= 1
          if state.missing[dependent] == 0 {
            state.ready.insert(dependent)
            signal(1)
          }
        }
      case .failure(let error) where isLocal(error):
        state.failures[index] = error
        block(dependents[index], &state)
      case .failure(let error):
        state.failures[index] = error
        cancellation.raise()
        stop(&state)
      }
      let over =
        state.values.count + state.failures.count + state.blocked.count
      if over == jobs.count { stop(&state) }
    }
  }

  /// Marks jobs, and those that need them, as never to begin.
  private func block(_ indices: [Int], _ state: inout State) {
    for index in indices where state.blocked.insert(index).inserted {
      block(dependents[index], &state)
    }
  }

  /// Lets every worker leave once it is idle.
  private func stop(_ state: inout State) {
    if state.isStopping { return }
    state.isStopping = true
    signal(workers)
  }

  private func signal(_ count: Int) {
    for _ in 0..<count { wakeUp.signal() }
  }
}

internal import COpenBLAS
internal import Synchronization

/// The OpenBLAS library as this process uses it: which kernel computes, with how
/// many threads, how fast.
///
/// OpenBLAS picks its kernel (a set of routines written for one kind of
/// processor) by the processor's model number when it is loaded. A release that
/// is older than the processor does not know the number and falls back, without
/// a word, to a kernel that can be several times slower. ``prepare()`` mends
/// this; every BLAS or LAPACK call of this module prepares by itself.
public enum OpenBLAS {
  /// Makes OpenBLAS use the kernel that the processor deserves and one thread.
  ///
  /// Runs once, whoever calls first; later calls cost a check of a flag, and
  /// calls from several threads wait for the first. Executables call it when
  /// they start, because it sets an environment variable for a moment, which is
  /// safe only while no other thread reads the environment.
  ///
  /// A user's own `OPENBLAS_CORETYPE` is respected, even where it is slow;
  /// ``status`` then has a warning. One thread is set because threads of our own
  /// over one-threaded BLAS calls are faster than OpenBLAS's threads and give
  /// the same bits whatever their number.
  public static func prepare() {
    _ = prepared
  }

  /// What ``prepare()`` found and did, with the present number of threads.
  public static var status: Status {
    var status = prepared
    status.threadCount = Int(openblas_get_num_threads())
    return status
  }

  /// Runs `body` with OpenBLAS using `count` threads of its own, or as many as
  /// there are processors, whichever is less.
  ///
  /// Meant for one large decomposition. OpenBLAS has one number for the whole
  /// process: BLAS calls on other threads use it too meanwhile, and their last
  /// bits may differ. Of several requests in force the latest one counts, and
  /// after the last one ends the number is 1 again.
  ///
  /// - Precondition: `count >= 1`.
  public static func withThreads<Result, Failure: Error>(
    _ count: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(count >= 1, "expected at least 1 thread, got \(count)")
    prepare()
    let granted = min(count, Int(openblas_get_num_procs()))
    threadRequests.withLock { requests in
      requests.append(granted)
      openblas_set_num_threads(Int32(granted))
    }
    defer {
      threadRequests.withLock { requests in
        if let index = requests.lastIndex(of: granted) {
          requests.remove(at: index)
        }
        openblas_set_num_threads(Int32(requests.last ?? 1))
      }
    }
    return try body()
  }

  /// The calls of ``withThreads(_:_:)`` in progress.
  private static let threadRequests = Mutex<[Int]>([])

  /// The result of the one preparation.
  private static let prepared: Status = {
    let status = chooseKernel()
    openblas_set_num_threads(1)
    return status
  }()
}

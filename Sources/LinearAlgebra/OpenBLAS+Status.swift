extension OpenBLAS {
  /// What OpenBLAS is and how it came to its kernel.
  public struct Status: Sendable, Equatable {
    /// The release, such as `0.3.21`.
    public let version: String

    /// The library's own description of how it was built.
    public let configuration: String

    /// The kernel that computes.
    public let kernel: String

    /// The kernel that OpenBLAS chose when it was loaded.
    public let kernelBefore: String

    /// The kernel for the instructions that this processor has, or nil where
    /// every kernel suits it or nothing is known about it.
    public let deservedKernel: String?

    /// What was done about the kernel.
    public let mending: Mending

    /// The threads that OpenBLAS uses in one call, at the time of asking.
    public internal(set) var threadCount: Int

    /// One line about a slower kernel than the processor deserves, or a name
    /// that OpenBLAS does not know, and what to do; nil where all is well.
    public let warning: String?
  }

  /// What was done about the kernel.
  public enum Mending: Sendable, Equatable {
    /// OpenBLAS chose a suitable kernel itself.
    case unneeded

    /// OpenBLAS was made to choose again, inside this process.
    case reinitialized

    /// The user named a kernel in `OPENBLAS_CORETYPE`, and it was left alone.
    case leftToUser(choice: String)

    /// This build of OpenBLAS cannot choose again, or did not take the kernel
    /// it was given.
    case impossible
  }
}

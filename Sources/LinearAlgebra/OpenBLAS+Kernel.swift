internal import COpenBLAS
internal import CProcessor

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

extension OpenBLAS {
  /// The variable by which OpenBLAS is told its kernel when it is loaded.
  static let kernelVariable = "OPENBLAS_CORETYPE"

  /// The kernel in use, asked of the library without preparing it.
  static var currentKernel: String {
    String(cString: openblas_get_corename())
  }

  /// The instructions that a kernel uses or a processor has, in rising order.
  enum InstructionSet: Int, Comparable {
    case basic, avx2, avx512

    /// The instructions that `kernel` is written for; nil for a kernel unknown
    /// here, which may be newer than this list and is never replaced.
    init?(kernel: String) {
      switch kernel.lowercased() {
      case "skylakex", "cooperlake", "sapphirerapids": self = .avx512
      case "haswell", "zen": self = .avx2
      case "katmai", "coppermine", "northwood", "prescott", "banias", "core2",
        "penryn", "dunnington", "nehalem", "sandybridge", "atom", "nano",
        "athlon", "opteron", "opteron_sse3", "barcelona", "bobcat",
        "bulldozer", "piledriver", "steamroller", "excavator", "generic":
        self = .basic
      default: return nil
      }
    }

    /// The instructions of this processor.
    static var ofProcessor: InstructionSet {
      switch CProcessorGetLevel() {
      case CProcessorLevelAVX512: .avx512
      case CProcessorLevelAVX2: .avx2
      default: .basic
      }
    }

    /// The kernel to name for these instructions: the oldest that uses them,
    /// which every release that has such kernels knows.
    var kernel: String? {
      switch self {
      case .basic: nil
      case .avx2: "Haswell"
      case .avx512: "SkylakeX"
      }
    }

    static func < (left: InstructionSet, right: InstructionSet) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  /// Compares the kernel in use with the processor, makes OpenBLAS choose again
  /// where it chose too low, and says what happened.
  static func chooseKernel() -> Status {
    let before = currentKernel
    let processor = InstructionSet.ofProcessor
    let deserved = processor.kernel
    let mending: Mending
    var warning: String?

    if let choice = environmentValue(kernelVariable), !choice.isEmpty {
      // The library was told by the user; only say what came of it.
      mending = .leftToUser(choice: choice)
      if choice.lowercased() != before.lowercased() {
        warning =
          "\(kernelVariable)=\(choice) is no kernel of this OpenBLAS for this "
          + "processor: it took \(before); unset the variable"
      } else if let deserved, isTooLow(before, for: processor) {
        warning =
          "\(kernelVariable)=\(choice) keeps a slower kernel than this "
          + "processor deserves: unset it or set it to \(deserved)"
      }
    } else if let deserved, isTooLow(before, for: processor) {
      if reinitialize(kernel: deserved),
        !isTooLow(currentKernel, for: processor)
      {
        mending = .reinitialized
      } else {
        mending = .impossible
        warning =
          "OpenBLAS chose the slow kernel \(before) and cannot choose again: "
          + "set \(kernelVariable)=\(deserved) before starting, or install a "
          + "newer OpenBLAS"
      }
    } else {
      mending = .unneeded
    }

    let configuration = String(cString: openblas_get_config())
    let words = configuration.split(separator: " ")
    return Status(
      version: words.count > 1 ? String(words[1]) : configuration,
      configuration: configuration, kernel: currentKernel, kernelBefore: before,
      deservedKernel: deserved, mending: mending,
      threadCount: Int(openblas_get_num_threads()), warning: warning)
  }

  private static func isTooLow(
    _ kernel: String, for processor: InstructionSet
  ) -> Bool {
    guard let level = InstructionSet(kernel: kernel) else { return false }
    return level < processor
  }

  /// Whether this build of the library can be made to choose its kernel again.
  static var canReinitialize: Bool {
    dlsym(nil, "gotoblas_dynamic_quit") != nil
      && dlsym(nil, "gotoblas_dynamic_init") != nil
  }

  /// Makes OpenBLAS forget its kernel and take `kernel`.
  ///
  /// The functions called are those of the library's own constructor; they are
  /// exported, but not documented, and the environment is as before afterwards.
  /// - Returns: Whether this build has these functions.
  /// - Precondition: no BLAS call is in progress on another thread.
  static func reinitialize(kernel: String) -> Bool {
    typealias Hook = @convention(c) () -> Void
    guard
      let quit = dlsym(nil, "gotoblas_dynamic_quit"),
      let start = dlsym(nil, "gotoblas_dynamic_init")
    else { return false }
    let original = environmentValue(kernelVariable)
    setenv(kernelVariable, kernel, 1)
    unsafeBitCast(quit, to: Hook.self)()
    unsafeBitCast(start, to: Hook.self)()
    if let original {
      setenv(kernelVariable, original, 1)
    } else {
      unsetenv(kernelVariable)
    }
    return true
  }

  private static func environmentValue(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

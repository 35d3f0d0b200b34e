import Foundation
import Testing

@testable import LinearAlgebra

/// A measurement for a quiet machine, not part of the fast suite.
///
///     MIXLAB_KERNEL_RATE=1 swift test -c release --filter KernelRate
@Suite(
  "A kernel mended in the process is as fast as one chosen by hand",
  .enabled(
    if: ProcessInfo.processInfo.environment["MIXLAB_KERNEL_RATE"] != nil),
  .serialized)
struct KernelRateTests {
  @Test("2048³ products of Float on one thread: at least 0.8 of the rate")
  func mendedAgainstChosen() async throws {
    let deserved = try #require(OpenBLAS.InstructionSet.ofProcessor.kernel)
    var mended: [Double] = []
    var chosen: [Double] = []
    // In turns, so that a machine that slows down slows both.
    for _ in 0..<3 {
      setenv(OpenBLAS.kernelVariable, "Prescott", 1)
      mended.append(try await rateOfChild(mending: true))
      setenv(OpenBLAS.kernelVariable, deserved, 1)
      chosen.append(try await rateOfChild(mending: false))
    }
    let ratio = mended.sorted()[1] / chosen.sorted()[1]
    print("\(deserved), GFLOP/s: mended \(mended), by hand \(chosen)")
    print("ratio of medians \(ratio)")
    #expect(ratio >= 0.8)
  }

  /// The rate in a fresh process, which inherits the variable: left alone, or
  /// taken away after the library has read it, so that the process stands as
  /// if the library had fallen back by itself.
  private func rateOfChild(mending: Bool) async throws -> Double {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) { [mending] in
      if mending { unsetenv(OpenBLAS.kernelVariable) }
      OpenBLAS.prepare()
      let status = OpenBLAS.status
      #expect((status.mending == .reinitialized) == mending)
      #expect(status.kernel == status.deservedKernel)
      print(
        "rate", OpenBLAS.measureGEMMRate(Float.self, size: 2048, threads: 1))
    }
    let output = String(
      decoding: try #require(result).standardOutputContent, as: UTF8.self)
    let line = try #require(
      output.split(separator: "\n").last { $0.hasPrefix("rate ") })
    return try #require(Double(line.dropFirst(5)))
  }
}

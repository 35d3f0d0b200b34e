import Foundation
import Testing

@testable import LinearAlgebra

/// Whether there are kernels to choose from, and one better than the oldest.
private let hasBetterKernel =
  OpenBLAS.canReinitialize && OpenBLAS.InstructionSet.ofProcessor.kernel != nil

@Suite("OpenBLAS runs the kernel that the processor deserves, on one thread")
struct OpenBLASTests {
  @Test("the status tells what is so")
  func status() {
    OpenBLAS.prepare()
    let status = OpenBLAS.status
    #expect(status.configuration.contains(status.version))
    #expect(status.kernel == OpenBLAS.currentKernel)
    switch status.mending {
    case .unneeded:
      #expect(status.kernel == status.kernelBefore && status.warning == nil)
    case .reinitialized:
      #expect(status.kernel == status.deservedKernel && status.warning == nil)
    case .leftToUser(let choice):
      let environment = ProcessInfo.processInfo.environment
      #expect(choice == environment[OpenBLAS.kernelVariable])
      #expect(status.kernel == status.kernelBefore)
    case .impossible:
      #expect(status.warning?.contains(OpenBLAS.kernelVariable) == true)
    }
  }

  @Test("kernels are ranked by their instructions; unknown ones are not")
  func ranking() {
    typealias Set = OpenBLAS.InstructionSet
    #expect(Set(kernel: "Prescott") == .basic)
    #expect(Set(kernel: "Zen") == .avx2)
    #expect(Set(kernel: "Haswell") == .avx2)
    #expect(Set(kernel: "SkylakeX") == .avx512)
    #expect(Set(kernel: "Cooperlake") == .avx512)
    #expect(Set(kernel: "neoversen1") == nil)
    #expect(Set.basic < .avx2 && Set.avx2 < .avx512)
    for set in [Set.avx2, .avx512] {
      #expect(set.kernel.flatMap(Set.init(kernel:)) == set)
    }
  }

  // The next tests each need a process that has not prepared OpenBLAS yet.

  @Test(
    "a kernel too low is replaced by the first product, from any thread",
    .enabled(if: hasBetterKernel, "nothing to mend here"))
  func mending() async {
    await #expect(processExitsWith: .success) {
      unsetenv(OpenBLAS.kernelVariable)
      let deserved = try #require(OpenBLAS.InstructionSet.ofProcessor.kernel)
      try #require(OpenBLAS.reinitialize(kernel: "Prescott"))
      try #require(OpenBLAS.currentKernel == "Prescott")
      let matrix = Matrix<Float>(rowCount: 50, columnCount: 50) { row, column in
        Float((row + 3 * column) % 7)
      }
      let products = await withTaskGroup(of: Matrix<Float>.self) { group in
        for _ in 0..<64 {
          group.addTask { matrix.multiplied(by: matrix) }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      // Sums of small integers are exact with any kernel.
      let expected = Matrix<Float>(rowCount: 50, columnCount: 50) { i, j in
        (0..<50).reduce(0) { $0 + matrix[i, $1] * matrix[$1, j] }
      }
      #expect(products.count == 64)
      #expect(products.allSatisfy { $0 == expected })
      let status = OpenBLAS.status
      #expect(status.kernelBefore == "Prescott")
      #expect(status.kernel == deserved)
      #expect(status.mending == .reinitialized)
      #expect(status.warning == nil)
      #expect(status.threadCount == 1)
      #expect(getenv(OpenBLAS.kernelVariable) == nil)
    }
  }

  @Test(
    "a user's own choice stays, with a warning where it is slow",
    .enabled(if: hasBetterKernel, "no choice is slow here"))
  func userChoice() async {
    await #expect(processExitsWith: .success) {
      try #require(OpenBLAS.reinitialize(kernel: "Prescott"))
      setenv(OpenBLAS.kernelVariable, "prescott", 1)
      let status = OpenBLAS.status
      #expect(status.kernel == "Prescott")
      #expect(status.mending == .leftToUser(choice: "prescott"))
      let deserved = try #require(status.deservedKernel)
      #expect(
        status.warning
          == "OPENBLAS_CORETYPE=prescott keeps a slower kernel than this "
          + "processor deserves: unset it or set it to \(deserved)")
    }
  }

  @Test("a user's choice that is no kernel is named in a warning")
  func userNonsense() async {
    await #expect(processExitsWith: .success) {
      setenv(OpenBLAS.kernelVariable, "Nonsense", 1)
      let status = OpenBLAS.status
      #expect(status.mending == .leftToUser(choice: "Nonsense"))
      #expect(
        status.warning
          == "OPENBLAS_CORETYPE=Nonsense is no kernel of this OpenBLAS for "
          + "this processor: it took \(status.kernel); unset the variable")
    }
  }

  @Test(
    "an empty variable is no choice, and stays as it was",
    .enabled(if: hasBetterKernel, "nothing to mend here"))
  func emptyVariable() async {
    await #expect(processExitsWith: .success) {
      setenv(OpenBLAS.kernelVariable, "", 1)
      try #require(OpenBLAS.reinitialize(kernel: "Prescott"))
      #expect(OpenBLAS.status.mending == .reinitialized)
      #expect(getenv(OpenBLAS.kernelVariable).map { String(cString: $0) } == "")
    }
  }

  @Test("threads asked for are given back, also after an error")
  func threads() async {
    await #expect(processExitsWith: .success) {
      struct Stop: Error {}
      let most = ProcessInfo.processInfo.activeProcessorCount
      OpenBLAS.withThreads(2) {
        #expect(OpenBLAS.status.threadCount == min(2, most))
        OpenBLAS.withThreads(1) { #expect(OpenBLAS.status.threadCount == 1) }
        #expect(OpenBLAS.status.threadCount == min(2, most))
      }
      #expect(OpenBLAS.status.threadCount == 1)
      #expect(throws: Stop.self) {
        try OpenBLAS.withThreads(1000) { () throws(Stop) in
          #expect(OpenBLAS.status.threadCount == most)
          throw Stop()
        }
      }
      #expect(OpenBLAS.status.threadCount == 1)
    }
  }

  @Test("the rate of products is positive")
  func rate() {
    #expect(OpenBLAS.measureGEMMRate(Float.self, size: 8, repetitions: 2) > 0)
    #expect(OpenBLAS.measureGEMMRate(Double.self, size: 8, repetitions: 1) > 0)
  }
}

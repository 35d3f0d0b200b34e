import ArgumentParser
import Experiments
import Figures
import Foundation
import LinearAlgebra
import VectorMath

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What is installed, which BLAS kernel runs, what it reaches.",
    discussion: """
      OpenBLAS chooses its kernel by the processor's model; an older OpenBLAS \
      on a newer processor takes one that is several times too slow. mixlab \
      notices and mends this by itself. A kernel that you set in \
      OPENBLAS_CORETYPE is kept.
      """)

  @Option(
    parsing: .unconditional,
    help: "Order of the square matrices that the rate is measured with.")
  var size = 2048

  func validate() throws {
    guard (16...16384).contains(size) else {
      throw ValidationError("--size takes 16 to 16384, not \(size).")
    }
  }

  func run() throws {
    let status = OpenBLAS.status
    let host = HostFacts.current()
    var table = TextTable([.init("what"), .init("found")])
    table.append(["mixlab", "\(mixlabVersion), \(Manifest.toolchain)"])
    table.append(["processor", host.processor ?? "unknown"])
    table.append(["cores", "\(host.coreCount)"])
    table.append(["vector kernels", vectorInstructionSet])
    table.append(["OpenBLAS", status.version])
    table.append([
      "BLAS kernel",
      status.kernel
        + (status.kernel == status.kernelBefore
          ? "" : " (OpenBLAS itself took \(status.kernelBefore))"),
    ])
    table.append(["kernel's choice", words(status)])
    let single = OpenBLAS.measureGEMMRate(
      Float.self, size: size, threads: 1, repetitions: 5)
    let double = OpenBLAS.measureGEMMRate(
      Double.self, size: size, threads: 1, repetitions: 5)
    table.append([
      "GEMM of \(size), float", "\(fixedPoint(single)) GFLOP/s, one thread",
    ])
    table.append([
      "GEMM of \(size), double", "\(fixedPoint(double)) GFLOP/s, one thread",
    ])
    table.append(["gnuplot", gnuplotVersion() ?? "not found"])
    print(table.text, terminator: "")
    if let warning = status.warning { complain("warning: \(warning)") }
    if gnuplotVersion() == nil {
      complain(
        "warning: gnuplot is missing; install the Debian package gnuplot-nox")
    }
  }

  /// How OpenBLAS came to its kernel.
  private func words(_ status: OpenBLAS.Status) -> String {
    switch status.mending {
    case .unneeded:
      guard let deserved = status.deservedKernel else {
        return "OpenBLAS's own; every kernel suits this processor"
      }
      return status.kernel.lowercased() == deserved.lowercased()
        ? "OpenBLAS's own, the right one for this processor"
        : "OpenBLAS's own, no slower than \(deserved): nothing to mend"
    case .reinitialized:
      return "mended: \(status.kernelBefore) is too slow for this processor"
    case .leftToUser(let choice):
      return "yours, by OPENBLAS_CORETYPE=\(choice)"
    case .impossible:
      return "too slow for this processor and cannot be changed from here"
    }
  }

  private func fixedPoint(_ rate: Double) -> String {
    String(format: "%.0f", rate)
  }

  private func gnuplotVersion() -> String? {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gnuplot", "--version"]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let output = try? pipe.fileHandleForReading.readToEnd()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let output else { return nil }
    return String(decoding: output, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

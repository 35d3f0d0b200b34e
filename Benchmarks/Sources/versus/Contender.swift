import Foundation

/// A row of the table: a program that does a workload when told to.
struct Contender {
  enum Kind {
    /// mixlab, to which the others are compared.
    case mixlab
    /// mixlab at another workload, for a ratio between its own times.
    case mixlabReference
    /// A peer as its users write and install it.
    case peer
    /// A peer with everything done to it that is known to help.
    case tunedPeer
  }

  let name: String
  let kind: Kind
  let command: [String]

  /// The contenders in `workload`, in the order of the table.
  static func all(
    in workload: Workload, threads: Int, python: String
  ) -> [Contender] {
    func mixlab(_ name: String, _ kind: Kind, _ work: String) -> Contender {
      Contender(
        name: name, kind: kind,
        command: [".build/release/mixlab-worker"] + options(work))
    }
    func peer(
      _ name: String, _ script: String, _ kind: Kind = .peer,
      _ flags: [String] = []
    ) -> Contender {
      Contender(
        name: name, kind: kind,
        command: [python, "peers/\(script).py"] + options(workload.rawValue)
          + flags)
    }
    func options(_ work: String) -> [String] {
      ["--workload", work, "--threads", "\(threads)"]
    }
    var contenders = [mixlab("mixlab", .mixlab, workload.rawValue)]
    switch workload {
    case .mixupEpoch:
      contenders.append(mixlab(gemm, .mixlabReference, "gemm"))
    case .guidedEpoch:
      contenders.append(
        mixlab(
          plainEpoch, .mixlabReference, Workload.mixupEpoch.rawValue))
    case .valuatePairs, .valuateAllPairs, .flowLabels, .patchDescent,
      .patchGenerated, .expansion, .alignment, .alignmentDouble, .leaveOneOut,
      .kroneckerLaplace:
      break
    case .mixupFlow:
      contenders.append(mixlab(flowModes, .mixlabReference, "flow-modes"))
      contenders.append(mixlab(flowCalls, .mixlabReference, "flow-calls"))
    }
    switch workload {
    case .flowLabels, .mixupFlow:
      contenders.append(peer(numpy, "flow_peer"))
      guard workload == .mixupFlow else { return contenders }
      return contenders
        + ["LSODA", "BDF", "Radau", "RK45"].map {
          peer("scipy \($0)", "flow_peer", .peer, ["--solver", $0])
        }
    case .patchDescent, .patchGenerated:
      contenders += [
        peer(numpy, "patch_peer", .peer, ["--form", "direct"]),
        peer("numpy, Gram form", "patch_peer", .tunedPeer, ["--form", "gram"]),
      ]
      guard workload == .patchDescent else { return contenders }
      func autodiff(_ name: String, _ form: String, _ steps: Int) -> Contender {
        peer(
          "\(name), mixed \(form)", "patch_autodiff_peer", .peer,
          ["--library", name, "--form", form, "--steps", "\(steps)"])
      }
      return contenders + [
        autodiff(pytorch, "inputs", 1), autodiff("jax", "inputs", 1),
        autodiff(pytorch, "responses", 5), autodiff("jax", "responses", 5),
      ]
    case .expansion:
      return contenders + [
        peer(pytorch, "expand_peer", .peer, ["--library", pytorch]),
        peer("jax", "expand_peer", .peer, ["--library", "jax"]),
        peer(numpy, "expand_peer"),
        peer(factored, "expand_peer", .tunedPeer, ["--factored"]),
      ]
    case .alignment, .alignmentDouble:
      func align(
        _ name: String, _ library: String, _ form: String, tuned: Bool = false
      ) -> Contender {
        let isTuned = tuned || form == "factored"
        return peer(
          name, "align_peer", isTuned ? .tunedPeer : .peer,
          ["--library", library, "--form", form] + (tuned ? ["--tuned"] : []))
      }
      return contenders + [
        align(jacobian, pytorch, "jacobian"),
        align(pytorch, pytorch, "layers"),
        align("pytorch-tuned", pytorch, "layers", tuned: true),
        align("jax", "jax", "jacobian"), align(numpy, numpy, "jacobian"),
        align(pytorch + ownForm, pytorch, "factored"),
        align("pytorch-tuned" + ownForm, pytorch, "factored", tuned: true),
        align("jax" + ownForm, "jax", "factored"),
        align(numpy + ownForm, numpy, "factored"),
      ]
    case .leaveOneOut:
      return contenders + [peer(removals, "removal_peer")]
    case .kroneckerLaplace:
      return contenders
    case .valuateAllPairs:
      return contenders + [
        peer(pytorch, "pytorch_peer"),
        peer("pytorch-tuned", "pytorch_peer", .tunedPeer, ["--tuned"]),
      ]
    case .mixupEpoch, .guidedEpoch, .valuatePairs: break
    }
    return contenders + [
      peer(pytorch, "pytorch_peer"),
      peer("pytorch-tuned", "pytorch_peer", .tunedPeer, ["--tuned"]),
      peer("jax", "jax_peer"),
      peer(numpy, "numpy_peer"),
    ]
  }

  static let pytorch = "pytorch"
  static let numpy = "numpy"
  static let jacobian = "pytorch, vmap of jacrev"
  /// Ends the names of peers that are given mixlab's own way to α.
  static let ownForm = ", mixlab's form"
  static let removals = "numpy, each posterior anew"
  static let factored = "numpy, factored"
  static let flowModes = "mixlab, by eigenvectors"
  static let flowCalls = "mixlab, its LAPACK and GEMM calls alone"
  static let stiffSolvers = ["scipy LSODA", "scipy BDF", "scipy Radau"]
  static let rungeKutta = "scipy RK45"
  static let gemm = "openblas, the epoch's products"
  static let plainEpoch = "mixlab, unguided epoch"
}

import ImageTrain
import LinearAlgebra
import Mixing
import TestSupport
import Testing
import VectorMath

/// What agrees of the paper, its supplement and the versions of its code.
@Suite("MixupE, Eq. (7), and its public code")
struct DirectionalTermTests {
  /// One step of plain descent: the loss before it and what it changed.
  private func step(
    _ term: DirectionalTerm?, _ study: Study, rescaled: Bool = false
  ) throws -> (loss: Double, change: [Double]) {
    var study = study
    study.plan = TrainingPlan(
      objective: term.map { .mixupE(weight: 0.8, term: $0, rescaled: rescaled) }
        ?? .mixup, optimizer: plainDescent, batchSize: 11, stepBudget: 1)
    let (trainer, reports) = try study.trained()
    return (
      reports[0].loss,
      zip(trainer.network.parameters, study.network.parameters).map { $0 - $1 }
    )
  }

  private let study = Study(TrainingPlan())

  @Test("The listing is Eq. (7) with q̂, to the bit")
  func listing() throws {
    for rescaled in [false, true] {
      let (a, b) = (
        try step(.listing, study, rescaled: rescaled),
        try step(.paper(.homogeneous), study, rescaled: rescaled)
      )
      #expect(a.loss == b.loss)
      #expect(a.change == b.change)
    }
  }

  @Test("Version 2 has the value of Eq. (7) with q and another gradient")
  func version2() throws {
    let (a, b) = (
      try step(.version2, study), try step(.paper(.directional), study)
    )
    #expect(a.loss == b.loss)
    #expect(a.change != b.change)
  }

  @Test("Versions 1, 3 and 4 have other values than Eq. (7)")
  func others() throws {
    let plain = try step(nil, study).loss
    let paper = try step(.paper(.directional), study).loss - plain
    let surrogate = try step(.paper(.homogeneous), study).loss - plain
    let first = try step(.version1(threshold: .infinity), study).loss - plain
    let third = try step(.version3(threshold: .infinity), study).loss - plain
    let fourth = try step(.version4, study).loss - plain
    #expect(abs(first) < 0.99 * paper)
    #expect(abs(third) < 0.99 * surrogate)
    // Without a threshold 3 and 4 differ in the gradient alone.
    #expect(third == fourth)
    #expect(
      try step(.version3(threshold: .infinity), study).change
        != step(.version4, study).change)
    // Below a threshold there is less than all.
    #expect(try step(.version1(threshold: 0), study).loss - plain < first)
    // Above it there is nothing: q̂ of a fresh network is near zero. Products
    // of more rows may round otherwise.
    #expect(
      largestDifference(
        try step(.version3(threshold: -1e6), study).change,
        try step(nil, study).change) < 64 * .ulpOfOne)
  }

  @Test("Centred data, degree 1: q = q̂, and versions 1 and 3 are opposite")
  func opposite() throws {
    var study = study
    let rows = study.data.pixels.rowCount
    let mean = study.data.mean
    study.data = LabelledImages(
      pixels: Matrix(rowCount: rows, columnCount: mean.count) {
        study.data.pixels[$0, $1] - mean[$1]
      }, labels: study.data.labels, classCount: study.data.classCount)
    study.network = randomNetwork([6, 5, 4, 3], .relu)
    let shape = study.network.shape
    for layer in 1...shape.layerCount {
      for k in 0..<shape.sizes[layer] {
        study.network.parameters[shape.biasOffset(ofLayer: layer) + k] = 0
      }
    }
    let plain = try step(nil, study).loss
    func term(_ form: DirectionalTerm) throws -> Double {
      try step(form, study).loss - plain
    }
    // Some dozen roundings of terms of order one.
    let tolerance = 64 * Double.ulpOfOne
    let paper = try term(.paper(.directional))
    #expect(paper > 1e3 * tolerance)
    #expect(abs(paper - (try term(.paper(.homogeneous)))) <= tolerance)
    let first = try term(.version1(threshold: .infinity))
    #expect(abs(first) > 1e3 * tolerance)
    #expect(
      abs(first + (try term(.version3(threshold: .infinity)))) <= tolerance)
  }

  @Test("Rescaled, the gradient is that of the sum times |L_mix|/|L|")
  func rescaling() throws {
    let plain = try step(nil, study).loss
    for term in [
      DirectionalTerm.paper(.directional), .version1(threshold: .infinity),
      .version4,
    ] {
      let (raw, scaled) = (
        try step(term, study), try step(term, study, rescaled: true)
      )
      let factor = abs(plain) / abs(raw.loss)
      #expect(factor != 1)
      for (a, b) in zip(raw.change, scaled.change) {
        #expect(abs(factor * a - b) <= 64 * .ulpOfOne * (1 + abs(b)))
      }
    }
  }
}

import LinearAlgebra
import Networks
import RealModule
import Sensitivity
import TestSupport
import Testing
import VectorMath

@Suite("How good the second-order expansion is")
struct ExpansionOrderTests {
  /// By an independent program, at fixed a.
  @Test("The remainder at fixed a is of order a³")
  func order() throws {
    let expansion = try LossExpansion(
      of: Study.tanh.inputs(), team: ThreadTeam(size: 1))
    for (a, value) in [
      (0.1, 0.239224), (0.05, 0.227364), (0.025, 0.221417),
    ] {
      let measured = remainderOverCube(Study.tanh, expansion, at: a)
      #expect(abs(measured - value) <= 2e-6)
    }
    // The slope of log |remainder| in log a over 2⁻⁴ … 2⁻⁹, where rounding,
    // some 50 ulp of a loss of 0.5, is below 10⁻⁵ of the remainder; terms of
    // the next order move the slope by about a at the coarse end.
    let steps = (4...9).map { Double.exp2(-Double($0)) }
    let logs = steps.map { a in
      (
        Double.log(a),
        3 * Double.log(a)
          + .log(abs(remainderOverCube(Study.tanh, expansion, at: a)))
      )
    }
    let count = Double(logs.count)
    let meanX = logs.reduce(0) { $0 + $1.0 } / count
    let meanY = logs.reduce(0) { $0 + $1.1 } / count
    let slope =
      logs.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
      / logs.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
    #expect(abs(slope - 3) <= 0x1p-4)
  }

  /// (R1 + R2 + R3)/(L_mix − L_std) − 1, by an independent program.
  @Test("As α → 0 the relative error tends to a constant, not to 0")
  func smallConcentration() throws {
    let team = ThreadTeam(size: 1)
    let inputs = Study.tanh.inputs()
    let expansion = try LossExpansion(of: inputs, team: team)
    func error(_ alpha: Double) throws -> Double {
      let terms = expansion.terms(
        DisplacementMoments(
          firstConcentration: alpha, secondConcentration: alpha))
      let loss = try MixupLoss(
        of: inputs, firstConcentration: alpha, secondConcentration: alpha,
        nodes: 48, team: team)
      return (terms.firstOrder + terms.gradient + terms.curvature)
        / (loss.value - expansion.standardLoss) - 1
    }
    for (alpha, value) in [
      (1, -0.419448), (0.4, -0.421668), (0.2, -0.422664), (0.1, -0.423231),
      (0.05, -0.423535), (0.025, -0.423693), (0.0125, -0.423773),
    ] {
      #expect(abs(try error(alpha) - value) <= 2e-6)
    }
    // The limit, mean of φ′ + φ″/4 over mean of ∫₀¹[φ(a) − φ(0)]/a da.
    let rule = try GaussJacobi(alpha: 1, beta: 1, count: 48)
    let network = NaiveNetwork(Study.tanh.network)
    var integral = 0.0
    for i in 0..<4 {
      let label = Int(Study.tanh.labels[i])
      for r in 0..<4 {
        func loss(_ a: Double) -> Double {
          -network.logProbabilities(
            zip(Study.tanh.points.row(i), Study.tanh.points.row(r)).map {
              $0 + a * ($1 - $0)
            })[label]
        }
        integral += rule.expectation { (loss($0) - loss(0)) / $0 } / 16
      }
    }
    let limit =
      (expansion.slope + (expansion.variance + expansion.curvature) / 4)
      / integral - 1
    // The error moves by about 0.0065·α near 0.
    #expect(abs(try error(0.0125) - limit) <= 1e-4)
    #expect(limit < -0.4)
  }

  @Test("ReLU: no second derivative, and the sum over kinks closes the gap")
  func kinks() throws {
    let study = Study([3, 9, 7, 4], .relu, count: 5)
    let inputs = study.inputs()
    let team = ThreadTeam(size: 1)
    let expansion = try LossExpansion(of: inputs, team: team)
    #expect(expansion.curvature == 0)
    let jets = study.pairJets
    var kinkCount = 0
    // Mean over pairs and classes of what the kinks add at a = 1.
    var gap = 0.0
    for i in 0..<5 {
      for r in 0..<5 where r != i {
        let path = KinkPath(
          of: study.network, from: inputs.firstLayer.row(i),
          to: inputs.firstLayer.row(r))
        kinkCount += path.pieces.count - 1
        for a in [0.0, 0.1, 0.5, 0.93, 1] {
          let logits = study.network.logits(
            of: Matrix(rowCount: 1, columnCount: 3) {
              study.points[i, $1]
                + a * (study.points[r, $1] - study.points[i, $1])
            })
          for c in 0..<4 {
            var sum = jets.values[i * 5 + r, c] + a * jets.first[i * 5 + r, c]
            let withoutKinks = sum
            for (before, piece) in zip(path.pieces, path.pieces.dropFirst())
            where piece.start < a {
              sum += (a - piece.start) * (piece.slope[c] - before.slope[c])
            }
            // Some 40 sums of terms of order one, for each kink again.
            let bound =
              64 * Double.ulpOfOne * Double(path.pieces.count)
            #expect(abs(logits[0, c] - sum) <= bound)
            #expect(abs(logits[0, c] - path.logits(at: a)[c]) <= bound)
            if a == 1 { gap += abs(logits[0, c] - withoutKinks) / 80 }
          }
        }
        // Kinks are where they should be: the pattern changes nowhere else.
        #expect(
          zip(path.pieces, path.pieces.dropFirst()).allSatisfy {
            $0.start <= $1.start && $1.start < 1
          })
      }
    }
    #expect(kinkCount > 40)
    #expect(gap > 0.01)
  }
}

import LinearAlgebra
import RealModule
import VectorMath

/// A start and the modes along which it moves.
///
///     θ_t = θ₀ + Σ_k (1 − e^(−r_k t)) w_k v_k,   r_k = ημ_k
///
/// The modes are those of K, or those that one start sees of them.
struct ModeSum: Sendable {
  /// θ₀, [d].
  let initial: [Double]
  /// r_k > 0.
  let rates: [Double]
  /// w_k, what is left to go along each mode.
  let ways: [Double]
  /// v_k as rows.
  let modes: Matrix<Double>

  /// θ_t at each time, T × d; ∞ is a time.
  ///
  /// - Complexity: one multiplication and addition for each mode, time and
  ///   element.
  func values(at times: [Double], threads: Int) -> Matrix<Double> {
    precondition(
      times.allSatisfy { $0 >= 0 }, "a time is negative or not a number")
    return values(count: times.count, threads: threads) { row, shares in
      let time = times[row]
      for k in rates.indices {
        // As 0·∞ is not a number, and a rate may underflow.
        shares[k] = time == 0 ? 0 : time == .infinity ? -time : -rates[k] * time
      }
      Double.exponentialsMinusOne(shares, into: shares, count: rates.count)
      for k in rates.indices { shares[k] = -shares[k] }
    }
  }

  /// θ after each number of steps of gradient descent, S × d, with
  /// (1 − r_k)ⁿ in place of e^(−r_k t).
  func values(afterSteps steps: [Int], threads: Int) -> Matrix<Double> {
    precondition(steps.allSatisfy { $0 >= 0 }, "a number of steps is negative")
    func share(_ n: Int, _ rate: Double) -> Double {
      if n == 0 { return 0 }
      if rate < 1 {
        return -Double.expMinusOne(Double(n) * Double.log(onePlus: -rate))
      }
      let power = Double.exp(Double(n) * Double.log(rate - 1))
      return n.isMultiple(of: 2) ? 1 - power : 1 + power
    }
    return values(count: steps.count, threads: threads) { row, shares in
      for (k, rate) in rates.enumerated() {
        shares[k] = share(steps[row], rate)
      }
    }
  }

  /// θ₀ + Σ_k share_k w_k v_k, one row each; `fill` writes the shares of a row.
  private func values(
    count: Int, threads: Int,
    _ fill: (_ row: Int, _ shares: UnsafeMutablePointer<Double>) -> Void
  ) -> Matrix<Double> {
    let (r, d) = (rates.count, initial.count)
    var weights = [Double](repeating: 0, count: count * r)
    let shards = count >= 16 ? 2 : 1
    let team = ThreadTeam(size: min(threads, shards))
    func rows(_ shard: Int) -> Range<Int> {
      count * shard / shards..<count * (shard + 1) / shards
    }
    let elements = [Double](unsafeUninitializedCapacity: count * d) {
      out, size in
      size = count * d
      weights.withUnsafeMutableBufferPointer { weights in
        modes.withUnsafeElements { modes in
          guard let out = out.baseAddress else { return }
          team.forEach(shards) { shard in
            let rows = rows(shard)
            for row in rows {
              (out + row * d).initialize(from: initial, count: d)
            }
            guard let weights = weights.baseAddress,
              let modes = modes.baseAddress
            else { return }
            for row in rows {
              let shares = weights + row * r
              fill(row, shares)
              for k in 0..<r {
                // No part of nothing: an overflow must not make 0·∞.
                shares[k] = ways[k] == 0 ? 0 : shares[k] * ways[k]
              }
            }
            Double.gemm(
              transposeA: false, transposeB: false, rows: rows.count,
              columns: d, inner: r, alpha: 1,
              weights + rows.lowerBound * r, strideA: r, modes, strideB: d,
              beta: 1, out + rows.lowerBound * d, strideC: d)
          }
        }
      }
    }
    return Matrix(rowCount: count, columnCount: d, elements: elements)
  }
}

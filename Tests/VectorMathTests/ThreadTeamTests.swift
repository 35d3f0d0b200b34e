import Foundation
import Testing
import VectorMath

@Suite("A team of threads does each piece once", .serialized)
struct ThreadTeamTests {
  @Test("Every piece once, whatever the team's size", arguments: [1, 2, 3, 5])
  func everyPiece(_ size: Int) {
    let team = ThreadTeam(size: size)
    for pieces in [0, 1, 2, 3, 7, 64, 1000] {
      let counts = Counts(pieces)
      team.forEach(pieces) { counts[$0] += 1 }
      #expect(counts.all == [Int](repeating: 1, count: pieces))
    }
  }

  /// Each round reads what other members wrote in the round before: a value
  /// that is seen late, or a piece that is left out, stays behind for good.
  @Test("100,000 small rounds in a row", arguments: [1, 2, 3])
  func manyRounds(_ size: Int) {
    let team = ThreadTeam(size: size)
    let pieces = 4
    let buffers = [Counts(pieces), Counts(pieces)]
    let rounds = 100_000
    for round in 0..<rounds {
      let (from, to) = (buffers[round % 2], buffers[(round + 1) % 2])
      team.forEach(pieces) { piece in
        to[piece] = from[(piece + 1) % pieces] + 1
      }
    }
    #expect(
      buffers[rounds % 2].all == [Int](repeating: rounds, count: pieces))
  }

  @Test("The caller's writes are seen by the team, and the team's by it")
  func visibility() {
    let team = ThreadTeam(size: 2)
    let input = Counts(8)
    let output = Counts(8)
    for round in 1...2000 {
      for i in 0..<8 { input[i] = round * i }
      team.forEach(8) { output[$0] = input[$0] + 1 }
      #expect(output.all == (0..<8).map { round * $0 + 1 })
    }
  }

  @Test("A team that went to sleep wakes up again", arguments: [2, 3])
  func sleeps(_ size: Int) {
    let team = ThreadTeam(size: size)
    for _ in 0..<5 {
      // Longer by far than the members spin.
      usleep(20_000)
      let counts = Counts(size * 3)
      team.forEach(size * 3) { counts[$0] += 1 }
      #expect(counts.all.allSatisfy { $0 == 1 })
    }
  }

  @Test("A team that sleeps, and one that never worked, ends")
  func ends() {
    for _ in 0..<20 { _ = ThreadTeam(size: 3) }
    let team = ThreadTeam(size: 3)
    team.forEach(3) { _ in }
    usleep(20_000)
  }

  @Test("A team has at least one thread")
  func empty() async {
    await #expect(processExitsWith: .failure) { _ = ThreadTeam(size: 0) }
  }
}

/// Numbers that pieces of work write to, each to its own.
private final class Counts {
  private let values: UnsafeMutablePointer<Int>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    values = .allocate(capacity: max(count, 1))
    values.initialize(repeating: 0, count: max(count, 1))
  }

  deinit { values.deallocate() }

  subscript(_ index: Int) -> Int {
    get { values[index] }
    set { values[index] = newValue }
  }

  var all: [Int] { Array(UnsafeBufferPointer(start: values, count: count)) }
}

/// The candidate that `name` was most likely meant to be, if one is near.
///
/// Near is: at most two slips, or one in three characters of a longer name.
/// A slip is a character inserted, left out, replaced, or swapped with its
/// neighbour. Case, `_` and `-` do not count, so that `learning_rate` finds
/// `learningRate`.
public func nearest(_ name: String, in candidates: [String]) -> String? {
  let wanted = lettersOf(name)
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let letters = lettersOf(candidate)
    let limit = max(
      min(2, letters.count - 1), max(wanted.count, letters.count) / 3)
    guard abs(letters.count - wanted.count) <= limit else { continue }
    let distance = slips(from: wanted, to: letters)
    if distance <= limit && distance < best?.distance ?? .max {
      best = (candidate, distance)
    }
  }
  return best?.candidate
}

private func lettersOf(_ name: String) -> [Character] {
  name.lowercased().filter { $0 != "_" && $0 != "-" }
}

/// The Damerau–Levenshtein distance, with swaps of neighbours that are not
/// edited again (optimal string alignment).
private func slips(from source: [Character], to target: [Character]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...target.count)
  for (row, letter) in source.enumerated() {
    var current = [row + 1]
    for (column, other) in target.enumerated() {
      var cost = min(
        previous[column + 1] + 1, current[column] + 1,
        previous[column] + (letter == other ? 0 : 1))
      if row > 0 && column > 0 && letter == target[column - 1]
        && source[row - 1] == other
      {
        cost = min(cost, beforePrevious[column - 1] + 1)
      }
      current.append(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[target.count]
}

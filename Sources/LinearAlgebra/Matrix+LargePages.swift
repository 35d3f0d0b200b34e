import Glibc

extension Matrix {
  /// Asks the system to put the elements into pages of 2 MiB.
  ///
  /// Rows that are read in a random order, like the images of a batch, take
  /// shorter walks through the page tables then. No number changes. The ends,
  /// which fill no such page, stay where they are, and so does what the system
  /// has no room for; Linux before 6.1 moves nothing.
  public func moveToLargePages() {
    withUnsafeElements { elements in
      let memory = UnsafeRawBufferPointer(elements)
      guard let start = memory.baseAddress else { return }
      let page = 1 << 21
      let first = start.alignedUp(toMultipleOf: page)
      let last = (start + memory.count).alignedDown(toMultipleOf: page)
      guard first < last else { return }
      // `MADV_COLLAPSE`, which older headers lack.
      let collapse: Int32 = 25
      _ = madvise(
        UnsafeMutableRawPointer(mutating: first), last - first, collapse)
    }
  }
}

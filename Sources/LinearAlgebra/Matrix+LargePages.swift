import Glibc

extension Matrix {
  /// Asks the system to keep the elements in pages of 2 MiB.
  ///
  /// Rows that are read in a random order, like the images of a batch, then
  /// need no walk through the page table each. Where the system has no such
  /// pages (Linux before 6.1, or no room) all stays as it was.
  public func moveToLargePages() {
    withUnsafeElements { elements in
      let page = 1 << 21
      let memory = UnsafeRawBufferPointer(elements)
      guard let start = memory.baseAddress, memory.count > 2 * page else {
        return
      }
      // `MADV_COLLAPSE`, which older headers lack.
      let collapse: Int32 = 25
      let first = start.alignedUp(toMultipleOf: page)
      let last = (start + memory.count).alignedDown(toMultipleOf: page)
      _ = madvise(
        UnsafeMutableRawPointer(mutating: first), last - first, collapse)
    }
  }
}

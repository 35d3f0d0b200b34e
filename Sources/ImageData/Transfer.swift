import Foundation
import FoundationNetworking

/// One HTTP request for a file, or for the rest of it.
enum Transfer {
  /// What comes of the request, in this order.
  enum Event: Sendable {
    /// The bytes that follow begin at this offset of the file.
    case begins(at: Int)
    /// The next bytes.
    case bytes([UInt8])
    /// The server does not send the file.
    case refused(status: Int)
  }

  /// Asks for the bytes of `url` from `offset` on.
  ///
  /// A server that sends the whole file all the same begins at 0. The stream
  /// throws `URLError` where the connection fails; to stop reading it ends the
  /// request.
  static func events(
    of url: URL, from offset: Int
  ) -> AsyncThrowingStream<Event, any Error> {
    AsyncThrowingStream { continuation in
      let configuration = URLSessionConfiguration.ephemeral
      configuration.timeoutIntervalForRequest = 60
      let session = URLSession(
        configuration: configuration,
        delegate: TransferDelegate(continuation), delegateQueue: nil)
      var request = URLRequest(url: url)
      // Offsets count the bytes of the file itself, not of a compressed form.
      request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
      if offset > 0 {
        request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range")
      }
      session.dataTask(with: request).resume()
      continuation.onTermination = { _ in session.invalidateAndCancel() }
    }
  }
}

/// Hands what the session reports on to the stream.
private final class TransferDelegate: NSObject, URLSessionDataDelegate {
  typealias Continuation =
    AsyncThrowingStream<Transfer.Event, any Error>.Continuation

  private let continuation: Continuation

  init(_ continuation: Continuation) {
    self.continuation = continuation
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask,
    didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let answer = response as? HTTPURLResponse
    let status = answer?.statusCode ?? 0
    guard let offset = status == 200 ? 0 : offset(of: answer) else {
      continuation.yield(.refused(status: status))
      continuation.finish()
      completionHandler(.cancel)
      return
    }
    continuation.yield(.begins(at: offset))
    completionHandler(.allow)
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask,
    didReceive data: Data
  ) {
    continuation.yield(.bytes([UInt8](data)))
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    didCompleteWithError error: (any Error)?
  ) {
    continuation.finish(throwing: error)
  }

  /// Where a part of a file begins, by a header such as
  /// "Content-Range: bytes 100-199/200"; nil in other answers.
  private func offset(of answer: HTTPURLResponse?) -> Int? {
    guard
      let answer, answer.statusCode == 206,
      let range = answer.value(forHTTPHeaderField: "Content-Range")
    else { return nil }
    return Int(range.drop { !$0.isNumber }.prefix { $0.isNumber })
  }
}

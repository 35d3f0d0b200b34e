#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How a gnuplot process came to its end.
enum cgnuplot_outcome {
  /// It ended by itself; `*status` is its exit status, or 128 + the signal.
  CGNUPLOT_EXITED = 0,
  /// No program of that name was found.
  CGNUPLOT_MISSING = 1,
  /// It outlived its time and was killed.
  CGNUPLOT_TIMED_OUT = 2,
  /// The system refused a pipe or a process; `*status` is the `errno`.
  CGNUPLOT_SYSTEM_ERROR = 3,
};

/// Starts `program` in `folder`, sends it `commands`, and waits for its end.
///
/// The user's start-up files are skipped and the locale is fixed. What the
/// process says on stdout and stderr comes back in `log`: at most
/// `capacity - 1` bytes, ended by a zero byte; the rest is read and dropped.
/// `commands` must fit in a pipe (4096 bytes); longer ones are refused with
/// `E2BIG`. Safe to call from several threads at once.
enum cgnuplot_outcome cgnuplot_run(
    const char *program, const char *folder, const char *commands,
    double timeout_seconds, char *log, size_t capacity, int *status);

#ifdef __cplusplus
}
#endif

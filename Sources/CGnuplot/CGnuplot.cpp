#include "CGnuplot.h"

#include <gnuplot-iostream.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t longestCommands = 4096;

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor() = default;
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  ~Descriptor() { reset(); }

  int get() const { return value_; }
  void set(int value) {
    reset();
    value_ = value;
  }
  int release() { return std::exchange(value_, -1); }
  void reset() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_ = -1;
};

/// A pipe that no other child of this process inherits.
struct Pipe {
  Descriptor reading, writing;

  int open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
    reading.set(ends[0]);
    writing.set(ends[1]);
    return 0;
  }
};

/// Keeps a reader that dies from killing this process: holds SIGPIPE back in
/// this thread, and takes away the one that a failed write leaves behind.
class WithoutBrokenPipeSignal {
 public:
  WithoutBrokenPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    sigset_t pending;
    sigpending(&pending);
    wasPending_ = sigismember(&pending, SIGPIPE) == 1;
  }
  WithoutBrokenPipeSignal(const WithoutBrokenPipeSignal &) = delete;
  WithoutBrokenPipeSignal &operator=(const WithoutBrokenPipeSignal &) = delete;
  ~WithoutBrokenPipeSignal() {
    if (!wasPending_) {
      const timespec now{0, 0};
      while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  const sigset_t &signalsBefore() const { return before_; }
  const sigset_t &pipeSignal() const { return pipe_; }

 private:
  sigset_t pipe_, before_;
  bool wasPending_;
};

/// This process's environment with a fixed locale, so that a figure does not
/// depend on who draws it.
std::vector<std::string> childEnvironment() {
  std::vector<std::string> variables{"LC_ALL=C.UTF-8"};
  for (char **variable = environ; *variable != nullptr; ++variable) {
    if (std::string_view(*variable).substr(0, 7) != "LC_ALL=") {
      variables.emplace_back(*variable);
    }
  }
  return variables;
}

std::vector<char *> pointers(std::vector<std::string> &strings) {
  std::vector<char *> result;
  for (auto &string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

/// Starts the program as the leader of its own process group.
int start(
    const char *program, const char *folder, int input, int output,
    const WithoutBrokenPipeSignal &signals, pid_t &child) {
  // `-d` skips gnuplotrc and ~/.gnuplot.
  std::vector<std::string> arguments{program, "-d"};
  auto environment = childEnvironment();

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &signals.signalsBefore());
  posix_spawnattr_setsigdefault(&attributes, &signals.pipeSignal());
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                       POSIX_SPAWN_SETSIGDEF);

  const int error = posix_spawnp(
      &child, program, &actions, &attributes, pointers(arguments).data(),
      pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// Sends the commands and closes the pipe. A gnuplot that is gone already is
/// no error here: its exit status says what happened.
void send(const char *commands, Descriptor &writing) {
  FILE *file = ::fdopen(writing.get(), "w");
  if (file == nullptr) return;
  writing.release();
  // The class closes the file that it is given.
  gnuplotio::Gnuplot gnuplot(file);
  gnuplot << commands << std::flush;
}

/// Waits for the child to end while reading what it says.
class Listener {
 public:
  Listener(pid_t child, int reading, char *log, size_t capacity)
      : child_(child), reading_(reading), log_(log), capacity_(capacity) {
    ::fcntl(reading, F_SETFL, ::fcntl(reading, F_GETFL) | O_NONBLOCK);
  }

  cgnuplot_outcome wait(Clock::time_point deadline, int &status) {
    for (;;) {
      pollfd source{open_ ? reading_ : -1, POLLIN, 0};
      ::poll(&source, 1, open_ ? 20 : 2);
      drain();
      int word = 0;
      const pid_t ended = ::waitpid(child_, &word, WNOHANG);
      if (ended == child_) {
        drain();
        status = WIFEXITED(word) ? WEXITSTATUS(word) : 128 + WTERMSIG(word);
        return CGNUPLOT_EXITED;
      }
      if (ended < 0 && errno != EINTR) {
        status = errno;
        return CGNUPLOT_SYSTEM_ERROR;
      }
      if (Clock::now() >= deadline) {
        ::kill(-child_, SIGKILL);
        while (::waitpid(child_, &word, 0) < 0 && errno == EINTR) {
        }
        return CGNUPLOT_TIMED_OUT;
      }
    }
  }

 private:
  void drain() {
    char buffer[4096];
    while (open_) {
      const ssize_t count = ::read(reading_, buffer, sizeof buffer);
      if (count > 0) {
        const size_t kept =
            std::min(static_cast<size_t>(count), capacity_ - 1 - length_);
        std::memcpy(log_ + length_, buffer, kept);
        length_ += kept;
        log_[length_] = '\0';
      } else if (count == 0) {
        open_ = false;
      } else if (errno != EINTR) {
        open_ = errno == EAGAIN;
        return;
      }
    }
  }

  pid_t child_;
  int reading_;
  char *log_;
  size_t capacity_, length_ = 0;
  bool open_ = true;
};

cgnuplot_outcome run(
    const char *program, const char *folder, const char *commands,
    double timeout, char *log, size_t capacity, int &status) {
  const auto deadline =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(timeout));
  if (std::strlen(commands) > longestCommands) {
    status = E2BIG;
    return CGNUPLOT_SYSTEM_ERROR;
  }
  Pipe input, output;
  status = input.open();
  if (status == 0) status = output.open();
  if (status != 0) return CGNUPLOT_SYSTEM_ERROR;

  WithoutBrokenPipeSignal signals;
  pid_t child = 0;
  status = start(
      program, folder, input.reading.get(), output.writing.get(), signals,
      child);
  if (status == ENOENT) return CGNUPLOT_MISSING;
  if (status != 0) return CGNUPLOT_SYSTEM_ERROR;
  input.reading.reset();
  output.writing.reset();

  Listener listener(child, output.reading.get(), log, capacity);
  try {
    send(commands, input.writing);
  } catch (const std::exception &) {
    // The stream reports a broken pipe; the exit status below tells why.
  }
  input.writing.reset();
  return listener.wait(deadline, status);
}

}  // namespace

extern "C" cgnuplot_outcome cgnuplot_run(
    const char *program, const char *folder, const char *commands,
    double timeout_seconds, char *log, size_t capacity, int *status) {
  log[0] = '\0';
  try {
    return run(
        program, folder, commands, timeout_seconds, log, capacity, *status);
  } catch (...) {
    // Only memory can run out here, and only before the process has started.
    *status = ENOMEM;
    return CGNUPLOT_SYSTEM_ERROR;
  }
}

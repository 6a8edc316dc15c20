/*
 * Preloaded into User-Mode Linux on processors with AMX. It keeps 2696 bytes of the registers that XSAVE saves, but the
 * host's kernel takes them only whole (EFAULT), and AMX makes them 10 KiB. What it sets is completed here with what is there.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

long ptrace(enum __ptrace_request request, ...) {
  va_list arguments;
  va_start(arguments, request);
  pid_t pid = va_arg(arguments, pid_t);
  void *address = va_arg(arguments, void *);
  void *data = va_arg(arguments, void *);
  va_end(arguments);

  static char all[1 << 16];
  struct iovec whole = {all, sizeof all};
  if (request == PTRACE_SETREGSET && address == (void *)NT_X86_XSTATE &&
      syscall(SYS_ptrace, PTRACE_GETREGSET, pid, address, &whole) == 0) {
    const struct iovec *part = data;
    memcpy(all, part->iov_base, part->iov_len < whole.iov_len ? part->iov_len : whole.iov_len);
    data = &whole;
  }

  /* The library's function returns the word that the system call stores. */
  if (request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER) {
    long word = -1;
    if (syscall(SYS_ptrace, request, pid, address, &word) == 0) {
      errno = 0;
    }
    return word;
  }
  return syscall(SYS_ptrace, request, pid, address, data);
}

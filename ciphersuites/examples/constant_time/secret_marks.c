/* Loaded before the C library by constant_time.sh, so that a program without unsafe code can tell valgrind's memcheck
 * which of its bytes are secret: what is written to /dev/full becomes undefined where it lies, what is written to
 * /dev/zero defined again. Elsewhere, writing to /dev/full fails. */

#define _GNU_SOURCE
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <valgrind/memcheck.h>

ssize_t write(int fd, const void *bytes, size_t len)
{
    struct stat file;
    if (fstat(fd, &file) == 0 && S_ISCHR(file.st_mode)) {
        if (file.st_rdev == makedev(1, 7)) {
            VALGRIND_MAKE_MEM_UNDEFINED(bytes, len);
            return (ssize_t)len;
        }
        if (file.st_rdev == makedev(1, 5)) {
            VALGRIND_MAKE_MEM_DEFINED(bytes, len);
            return (ssize_t)len;
        }
    }
    return syscall(SYS_write, fd, bytes, len);
}

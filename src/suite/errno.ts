// Error numbers by name.  NetBSD's, for native modules, stand in src/kernel/errno.ts;
// these are Linux's, the same on our four architectures, as
// include/uapi/asm-generic/errno-base.h, errno.h and include/linux/errno.h have them.

import { errnoNames } from '../kernel/errno.ts';

/** EPERM is 1, and so on. */
const base = [
  ...['EPERM', 'ENOENT', 'ESRCH', 'EINTR', 'EIO', 'ENXIO', 'E2BIG', 'ENOEXEC', 'EBADF', 'ECHILD'],
  ...['EAGAIN', 'ENOMEM', 'EACCES', 'EFAULT', 'ENOTBLK', 'EBUSY', 'EEXIST', 'EXDEV', 'ENODEV'],
  ...['ENOTDIR', 'EISDIR', 'EINVAL', 'ENFILE', 'EMFILE', 'ENOTTY', 'ETXTBSY', 'EFBIG', 'ENOSPC'],
  ...['ESPIPE', 'EROFS', 'EMLINK', 'EPIPE', 'EDOM', 'ERANGE', 'EDEADLK', 'ENAMETOOLONG', 'ENOLCK'],
  ...['ENOSYS', 'ENOTEMPTY', 'ELOOP'],
] as const;

const linux: ReadonlyMap<string, number> = new Map<string, number>([
  ...base.map((name, i): [string, number] => [name, i + 1]),
  ...([
    ['ENOMSG', 42],
    ['ENODATA', 61],
    ['ETIME', 62],
    ['ENOLINK', 67],
    ['EPROTO', 71],
    ['EBADMSG', 74],
    ['EOVERFLOW', 75],
    ['EILSEQ', 84],
    ['EMSGSIZE', 90],
    ['EPROTONOSUPPORT', 93],
    ['EOPNOTSUPP', 95],
    ['EAFNOSUPPORT', 97],
    ['EADDRINUSE', 98],
    ['EADDRNOTAVAIL', 99],
    ['ENETDOWN', 100],
    ['ENOBUFS', 105],
    ['EISCONN', 106],
    ['ENOTCONN', 107],
    ['ESHUTDOWN', 108],
    ['ETIMEDOUT', 110],
    ['EALREADY', 114],
    ['EINPROGRESS', 115],
    ['ESTALE', 116],
    ['EREMOTEIO', 121],
    ['ECANCELED', 125],
    ['ENOKEY', 126],
    ['EKEYEXPIRED', 127],
    ['EKEYREJECTED', 129],
    ['EPROBE_DEFER', 517],
    ['ENOTSUPP', 524],
  ] satisfies [string, number][]),
]);

const native: ReadonlyMap<string, number> = new Map(
  [...errnoNames].map(([number, name]) => [name, number]),
);

/** undefined: modules of this flavour have no error of this name. */
export function errnoOf(name: string, flavour: string): number | undefined {
  return (flavour === 'linux' ? linux : native).get(name);
}

export const allErrnoNames: readonly string[] = [...new Set([...linux.keys(), ...native.keys()])];

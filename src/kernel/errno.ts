// Names of the error numbers that guest/include/sys/errno.h defines; a test holds
// the two together.

export const errnoNames: ReadonlyMap<number, string> = new Map([
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [5, 'EIO'],
  [8, 'ENOEXEC'],
  [11, 'EDEADLK'],
  [12, 'ENOMEM'],
  [14, 'EFAULT'],
  [16, 'EBUSY'],
  [17, 'EEXIST'],
  [22, 'EINVAL'],
  [25, 'ENOTTY'],
  [27, 'EFBIG'],
  [31, 'EMLINK'],
  [45, 'EOPNOTSUPP'],
  [60, 'ETIMEDOUT'],
  [63, 'ENAMETOOLONG'],
  [75, 'EPROGMISMATCH'],
  [78, 'ENOSYS'],
  [79, 'EFTYPE'],
]);

export function errnoName(error: number): string {
  return errnoNames.get(error) ?? `error ${error}`;
}

/*
 * Error numbers, with the values NetBSD gives them (sys/sys/errno.h).
 * Kernel functions answer 0 or one of these, positive.
 */
#ifndef SYS_ERRNO_H
#define SYS_ERRNO_H

#define EPERM		1	/* not permitted */
#define ENOENT		2	/* no such file or module */
#define EIO		5	/* the request faulted */
#define ENOEXEC		8	/* object format or link failure */
#define EDEADLK		11	/* circular requirement */
#define ENOMEM		12	/* no memory or address space */
#define EFAULT		14	/* bad address: init or fini faulted */
#define EBUSY		16	/* module is held */
#define EEXIST		17	/* module is already loaded */
#define EINVAL		22	/* bad argument */
#define ENOTTY		25	/* command not supported by modcmd */
#define EFBIG		27
#define EMLINK		31
#define EOPNOTSUPP	45
#define ETIMEDOUT	60	/* watchdog */
#define ENAMETOOLONG	63
#define EPROGMISMATCH	75	/* built for another kernel version */
#define ENOSYS		78
#define EFTYPE		79

#endif /* SYS_ERRNO_H */

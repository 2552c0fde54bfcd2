/*
 * What the self-test module needs of the architecture: functions that make
 * the CPU raise each kind of exception (guest/arch/<arch>/probe.S), and the
 * constant MACHINE_NX.
 */
#ifndef SYS_SELFTEST_H
#define SYS_SELFTEST_H

#include <machine/param.h>

void	cpu_undefined(void);		/* OOPS_UNDEFINED */
void	cpu_breakpoint(void);		/* OOPS_BREAKPOINT */
void	cpu_syscall(void);		/* OOPS_SVC */
int	cpu_divide(int, int);		/* by 0: OOPS_DIVIDE, or answers 0 */

#endif /* SYS_SELFTEST_H */

/*
 * armv7: which exception entry.S took; trapframe.vector.
 */
#ifndef MACHINE_VECTOR_H
#define MACHINE_VECTOR_H

#define VECTOR_UNDEFINED	1
#define VECTOR_SVC		2
#define VECTOR_PREFETCH		3
#define VECTOR_DATA		4
#define VECTOR_IRQ		6

#endif /* MACHINE_VECTOR_H */

/*
 * i386: what Linux objects call with conventions of their own.  __fentry__ is
 * called at the start of each function and must keep every register; indirect
 * calls go through __x86_indirect_thunk_<register>.
 */
#include "asm.h"
#include "export.h"

	.text
	FUNC	linux_fentry
	ret
	END

	.irp	reg, eax, ebx, ecx, edx, esi, edi, ebp
	FUNC	linux_indirect_thunk_\reg
	jmp	*%\reg
	END
	EXPORT_ASM __x86_indirect_thunk_\reg, linux_indirect_thunk_\reg, linux_exports
	.endr

	EXPORT_ASM __fentry__, linux_fentry, linux_exports

/* Bits that are set in eax, counted in place of an instruction: all registers
 * but eax are kept. */
	FUNC	linux_sw_hweight32
	pushl	%ecx
	pushl	%edx
	pushl	%eax
	.cfi_adjust_cfa_offset 12
	call	linux_hweight32
	popl	%edx
	popl	%edx
	popl	%ecx
	.cfi_adjust_cfa_offset -12
	ret
	END
	EXPORT_ASM __sw_hweight32, linux_sw_hweight32, linux_exports

/* Calls that Linux patches: to nothing, or to preemption. */
	FUNC	linux_static_call
	xorl	%eax, %eax
	ret
	END
	.irp	name, might_resched, cond_resched, preempt_schedule, preempt_schedule_notrace
	EXPORT_ASM __SCT__\name, linux_static_call, linux_exports
	.endr

/* Read from fs:, whose base is 0. */
	.data
	.macro	PERCPU name, value, bytes
	.balign	8
.Lpercpu_\name:
	.long	\value
	.space	\bytes - 4
	EXPORT_ASM \name, .Lpercpu_\name, linux_exports
	.endm
	PERCPU	__stack_chk_guard, 0, 8
	.balign	8
	.globl	linux_preempt_count
linux_preempt_count:
	PERCPU	__preempt_count, 0, 8
	PERCPU	current_task, linux_task, 8
	PERCPU	this_cpu_off, 0, 8
	PERCPU	cpu_number, 0, 8
	PERCPU	cpu_info, 0, 512
	PERCPU	__per_cpu_offset, 0, 8

/* Of struct task_struct modules read fields that are all zero. */
	.bss
	.balign	64
linux_task:
	.space	8192

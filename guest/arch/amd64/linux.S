/*
 * amd64: what Linux objects call with conventions of their own.  __fentry__
 * is called at the start of each function and must keep every register;
 * functions end with a jump to __x86_return_thunk, and indirect calls go
 * through __x86_indirect_thunk_<register>.
 */
#include "asm.h"
#include "export.h"

	.text
	FUNC	linux_fentry
	ret
	END

	FUNC	linux_return_thunk
	ret
	END

	.irp	reg, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	FUNC	linux_indirect_thunk_\reg
	jmp	*%\reg
	END
	EXPORT_ASM __x86_indirect_thunk_\reg, linux_indirect_thunk_\reg, linux_exports
	.endr

	EXPORT_ASM __fentry__, linux_fentry, linux_exports
	EXPORT_ASM __x86_return_thunk, linux_return_thunk, linux_exports

/* Bits that are set in rdi, counted in place of an instruction: all registers
 * but rax are kept. */
	.macro	COUNT name, arguments:vararg
	FUNC	linux_sw_\name
	.irp	reg, \arguments
	pushq	%\reg
	.cfi_adjust_cfa_offset 8
	.endr
	call	linux_\name
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	.cfi_adjust_cfa_offset -64
	ret
	END
	EXPORT_ASM __sw_\name, linux_sw_\name, linux_exports
	.endm
	COUNT	hweight32, rdi, rsi, rdx, rcx, r8, r9, r10, r11
	COUNT	hweight64, rdi, rsi, rdx, rcx, r8, r9, r10, r11

/*
 * What Linux modules read from gs:, which arch_trap_init points here: the
 * stack canary at gs:0x28, and per-CPU variables, whose symbols are offsets
 * from the start.
 */
	.data
	.balign	64
	.globl	linux_percpu
linux_percpu:
	.space	0x30
	.macro	PERCPU name, value, bytes
	.balign	8
.Lpercpu_\name:
	.quad	\value
	.space	\bytes - 8
	EXPORT_ASM \name, (.Lpercpu_\name - linux_percpu), linux_exports
	.endm
	.balign	8
	.globl	linux_preempt_count
linux_preempt_count:
	PERCPU	__preempt_count, 0, 8
	PERCPU	current_task, linux_task, 8
	PERCPU	this_cpu_off, linux_percpu, 8
	PERCPU	cpu_number, 0, 8
	PERCPU	numa_node, 0, 8
	PERCPU	cpu_info, 0, 512
	.space	4096

/* The one CPU's offset. */
	.globl	linux_per_cpu_offset
linux_per_cpu_offset:
	.quad	linux_percpu
	EXPORT_ASM __per_cpu_offset, linux_per_cpu_offset, linux_exports

/* Of struct task_struct modules read fields that are all zero. */
	.bss
	.balign	64
linux_task:
	.space	8192

/*
 * What paravirtual kernels replace: a table of functions that modules call
 * through.  Those of the interrupt flag keep every register but the result's.
 */
	.text
	FUNC	linux_pv_save_fl
	pushfq
	.cfi_adjust_cfa_offset 8
	popq	%rax
	.cfi_adjust_cfa_offset -8
	ret
	END

	FUNC	linux_pv_irq_disable
	cli
	ret
	END

	FUNC	linux_pv_irq_enable
	sti
	ret
	END

	FUNC	linux_pv_missing
	movq	$linux_pv_message, %rdi
	jmp	unmodelled
	END

	.section .rodata.str, "aMS", %progbits, 1
linux_pv_message:
	.asciz	"a function of pv_ops"

	.data
	.balign	8
linux_pv_ops:
	.rept	0xf0 / 8
	.quad	linux_pv_missing
	.endr
	.quad	linux_pv_save_fl, linux_pv_irq_disable, linux_pv_irq_enable
	.rept	(0x280 - 0x108) / 8
	.quad	linux_pv_missing
	.endr
	EXPORT_ASM pv_ops, linux_pv_ops, linux_exports

/* Calls that Linux patches: to nothing, or to preemption. */
	.text
	FUNC	linux_static_call
	xorl	%eax, %eax
	ret
	END
	.irp	name, might_resched, cond_resched, preempt_schedule, preempt_schedule_notrace
	EXPORT_ASM __SCT__\name, linux_static_call, linux_exports
	.endr

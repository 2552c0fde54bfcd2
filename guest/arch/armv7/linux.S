/*
 * armv7: what Linux objects call with conventions of their own.  A function
 * begins with push {lr}; bl __gnu_mcount_nc, and the callee must pop that lr.
 * __aeabi_unwind_cpp_pr0 is only named by relocations of type R_ARM_NONE.
 */
#include "asm.h"
#include "export.h"

	.arm
	.text
	FUNC	linux_gnu_mcount_nc
	.cfi_def_cfa_offset 4
	mov	ip, lr
	.cfi_register lr, ip
	pop	{lr}
	.cfi_def_cfa_offset 0
	bx	ip
	END

	FUNC	linux_unwind_cpp_pr
	bx	lr
	END

	EXPORT_ASM __gnu_mcount_nc, linux_gnu_mcount_nc, linux_exports
	EXPORT_ASM __aeabi_unwind_cpp_pr0, linux_unwind_cpp_pr, linux_exports
	EXPORT_ASM __aeabi_unwind_cpp_pr1, linux_unwind_cpp_pr, linux_exports

/* {quotient r0, remainder r1}; the CPU divides, by zero too (it gives 0). */
	.macro	DIVIDE name, divide
	FUNC	linux_\name
	mov	r2, r0
	\divide	r0, r0, r1
	mls	r1, r0, r1, r2
	bx	lr
	END
	EXPORT_ASM \name, linux_\name, linux_exports
	.endm
	DIVIDE	__aeabi_uidiv, udiv
	DIVIDE	__aeabi_uidivmod, udiv
	DIVIDE	__aeabi_idiv, sdiv
	DIVIDE	__aeabi_idivmod, sdiv

/* {remainder r1, quotient r2:r3} of r0:r1 / r4; everything else is kept. */
	FUNC	linux_do_div64
	push	{r0, r4, r11, ip, lr}
	sub	sp, sp, #20
	.cfi_def_cfa_offset 40
	.cfi_offset lr, -4
	mov	r2, r4
	mov	r3, #0
	add	ip, sp, #8
	str	ip, [sp]
	bl	__udivmoddi4
	mov	r2, r0
	mov	r3, r1
	ldr	r1, [sp, #8]
	add	sp, sp, #20
	.cfi_def_cfa_offset 20
	pop	{r0, r4, r11, ip, pc}
	END
	EXPORT_ASM __do_div64, linux_do_div64, linux_exports

/* Shifts of 64 bits r0:r1 by r2, and the product of r0:r1 and r2:r3. */
	FUNC	linux_aeabi_llsl
	subs	r3, r2, #32
	rsb	ip, r2, #32
	movmi	r1, r1, lsl r2
	movpl	r1, r0, lsl r3
	orrmi	r1, r1, r0, lsr ip
	mov	r0, r0, lsl r2
	bx	lr
	END
	EXPORT_ASM __aeabi_llsl, linux_aeabi_llsl, linux_exports

	FUNC	linux_aeabi_llsr
	subs	r3, r2, #32
	rsb	ip, r2, #32
	movmi	r0, r0, lsr r2
	movpl	r0, r1, lsr r3
	orrmi	r0, r0, r1, lsl ip
	mov	r1, r1, lsr r2
	bx	lr
	END
	EXPORT_ASM __aeabi_llsr, linux_aeabi_llsr, linux_exports

	FUNC	linux_aeabi_lasr
	subs	r3, r2, #32
	rsb	ip, r2, #32
	movmi	r0, r0, lsr r2
	movpl	r0, r1, asr r3
	orrmi	r0, r0, r1, lsl ip
	mov	r1, r1, asr r2
	bx	lr
	END
	EXPORT_ASM __aeabi_lasr, linux_aeabi_lasr, linux_exports

	FUNC	linux_aeabi_lmul
	mul	r1, r2, r1
	mla	r1, r0, r3, r1
	umull	r0, ip, r0, r2
	add	r1, r1, ip
	bx	lr
	END
	EXPORT_ASM __aeabi_lmul, linux_aeabi_lmul, linux_exports

	FUNC	linux_bswapsi2
	rev	r0, r0
	bx	lr
	END
	EXPORT_ASM __bswapsi2, linux_bswapsi2, linux_exports

	FUNC	linux_bswapdi2
	rev	r2, r0
	rev	r0, r1
	mov	r1, r2
	bx	lr
	END
	EXPORT_ASM __bswapdi2, linux_bswapdi2, linux_exports

/* op(bit, words): what a bit was before (test), or nothing. */
	.macro	BITOP name, op, test
	FUNC	linux_\name
	and	r2, r0, #31
	mov	r0, r0, lsr #5
	mov	ip, #1
	mov	r3, ip, lsl r2
	add	r1, r1, r0, lsl #2
1:	ldrex	r0, [r1]
	\op	ip, r0, r3
	strex	r2, ip, [r1]
	cmp	r2, #0
	bne	1b
	.if	\test
	ands	r0, r0, r3
	movne	r0, #1
	.endif
	bx	lr
	END
	EXPORT_ASM \name, linux_\name, linux_exports
	.endm
	BITOP	_set_bit, orr, 0
	BITOP	_clear_bit, bic, 0
	BITOP	_change_bit, eor, 0
	BITOP	_test_and_set_bit, orr, 1
	BITOP	_test_and_clear_bit, bic, 1
	BITOP	_test_and_change_bit, eor, 1

/* Barriers beyond the CPU, and the loop that delays: time passes with the code
 * that runs, so that is enough. */
	FUNC	linux_heavy_mb
	bx	lr
	END
	EXPORT_ASM arm_heavy_mb, linux_heavy_mb, linux_exports

	EXPORT_ASM __sw_hweight32, linux_hweight32, linux_exports
	EXPORT_ASM __sw_hweight64, linux_hweight64, linux_exports

	.data
	.balign	8
linux_stack_chk_guard:
	.long	0
linux_per_cpu_offset:
	.long	0
linux_elf_hwcap:
	.long	0, 0
linux_current:
	.long	linux_task
	EXPORT_ASM __current, linux_current, linux_exports
	EXPORT_ASM __stack_chk_guard, linux_stack_chk_guard, linux_exports
	EXPORT_ASM __per_cpu_offset, linux_per_cpu_offset, linux_exports
	EXPORT_ASM elf_hwcap, linux_elf_hwcap, linux_exports
	EXPORT_ASM elf_hwcap2, linux_elf_hwcap + 4, linux_exports

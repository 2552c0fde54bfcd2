/*
 * armv7: run-time routines under the names that the ARM EABI gives them (Run-time
 * ABI for the Arm Architecture, section 5).  Divisions answer quotient and
 * remainder in registers, memset takes its arguments in another order; the
 * work is done by guest/kern/divdi.c and string.c.
 */
#include "asm.h"
#include "export.h"

	.arm
	.text

/* {quotient r0:r1, remainder r2:r3} of r0:r1 / r2:r3 */
	.macro	DIVMOD64 name, worker
	FUNC	\name
	push	{r11, lr}
	sub	sp, sp, #16
	.cfi_def_cfa_offset 24
	.cfi_offset lr, -4
	.cfi_offset r11, -8
	add	r12, sp, #8
	str	r12, [sp]		/* where the remainder goes */
	bl	\worker
	ldrd	r2, r3, [sp, #8]
	add	sp, sp, #16
	.cfi_def_cfa_offset 8
	pop	{r11, pc}
	END
	EXPORT_ASM \name, \name, exports
	.endm

	DIVMOD64 __aeabi_uldivmod, __udivmoddi4
	DIVMOD64 __aeabi_ldivmod, __divmoddi4

/* {quotient r0, remainder r1}; the CPU divides, by zero too (it gives 0) */
	.macro	DIVMOD32 name, divide
	FUNC	\name
	mov	r2, r0
	\divide	r0, r0, r1
	mls	r1, r0, r1, r2
	bx	lr
	END
	EXPORT_ASM \name, \name, exports
	.endm

	DIVMOD32 __aeabi_uidiv, udiv
	DIVMOD32 __aeabi_uidivmod, udiv
	DIVMOD32 __aeabi_idiv, sdiv
	DIVMOD32 __aeabi_idivmod, sdiv

/* A routine under names that also promise alignment: plain, 4 and 8. */
	.irp	align, , 4, 8
	FUNC	__aeabi_memcpy\align
	b	memcpy
	END
	EXPORT_ASM __aeabi_memcpy\align, __aeabi_memcpy\align, exports

	FUNC	__aeabi_memmove\align
	b	memmove
	END
	EXPORT_ASM __aeabi_memmove\align, __aeabi_memmove\align, exports

	FUNC	__aeabi_memset\align		/* (to, bytes, value) */
	mov	r3, r1
	mov	r1, r2
	mov	r2, r3
	b	memset
	END
	EXPORT_ASM __aeabi_memset\align, __aeabi_memset\align, exports

	FUNC	__aeabi_memclr\align
	mov	r2, r1
	mov	r1, #0
	b	memset
	END
	EXPORT_ASM __aeabi_memclr\align, __aeabi_memclr\align, exports
	.endr

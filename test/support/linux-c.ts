// Linux modules from a few lines of C in a test: the macro LINUX_MODULE(init, exit)
// does what modpost does for a real one, and the calls have Linux's convention.

import type { ArchName } from '../../src/arch/arch.ts';
import type { ObjectFile } from '../../src/kernel/files.ts';
import { buildModule } from './build-module.ts';

const prelude = (name: string): string => `
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
typedef unsigned gfp_t;
#define GFP_KERNEL 0xcc0U
#define GFP_ATOMIC 0xa20U
extern void *__kmalloc(size_t, gfp_t);
extern void kfree(const void *);
extern int _printk(const char *, ...);
extern volatile unsigned long jiffies;
struct module {
	unsigned long state;
	void *list[2];
	char name[64 - sizeof(long)];
	int (*init)(void);
	void (*exit)(void);
	char rest[256];
};
static const char modinfo[] __attribute__((__section__(".modinfo"), __used__)) =
	"license=GPL\\0name=${name}\\0depends=";
#define LINUX_MODULE(start, stop) \\
	int init_module(void) __attribute__((__alias__(#start))); \\
	void cleanup_module(void) __attribute__((__alias__(#stop))); \\
	struct module __this_module __attribute__(( \\
	    __section__(".gnu.linkonce.this_module"), __aligned__(64))) = { \\
		.name = "${name}", .init = init_module, .exit = cleanup_module };
#line 1 "${name}.c"
`;

/** `<name>.ko` of Linux's kind; the source ends with LINUX_MODULE(init, exit). */
export function buildLinux(arch: ArchName, name: string, source: string): ObjectFile {
  const convention = arch === 'i386' ? ['-mregparm=3'] : [];
  const flags = [...convention, '-Wno-unused-parameter'];
  return buildModule(arch, name, { source: prelude(name) + source, flags });
}

/*
 * How a module declares itself, as NetBSD's <sys/module.h> lays it out: a
 * modinfo_t, and a pointer to it in the linker set link_set_modules.  One
 * object may declare several modules.
 *
 *	MODULE(MODULE_CLASS_MISC, hello, NULL);
 *
 *	static int
 *	hello_modcmd(modcmd_t cmd, void *arg)
 *	{
 *		switch (cmd) {
 *		case MODULE_CMD_INIT: ... return 0;
 *		case MODULE_CMD_FINI: ... return 0;
 *		default: return ENOTTY;
 *		}
 *	}
 */
#ifndef SYS_MODULE_H
#define SYS_MODULE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/errno.h>
#include <sys/systm.h>

/* MMmmrrpp00, as NetBSD 10.0; release kernels accept |v1 - v2| < 10000. */
#define __NetBSD_Version__	1000000000U

typedef enum modclass {
	MODULE_CLASS_ANY = 0,
	MODULE_CLASS_MISC = 1,
	MODULE_CLASS_VFS = 2,
	MODULE_CLASS_DRIVER = 3,
	MODULE_CLASS_EXEC = 4,
	MODULE_CLASS_SECMODEL = 5,
	MODULE_CLASS_BUFQ = 6,
	MODULE_CLASS_MAX = 7
} modclass_t;

typedef enum modcmd {
	MODULE_CMD_INIT = 0,		/* arg: prop_dictionary_t or NULL */
	MODULE_CMD_FINI = 1,		/* arg: NULL */
	MODULE_CMD_STAT = 2,		/* optional, ENOTTY if unknown */
	MODULE_CMD_AUTOUNLOAD = 3	/* optional */
} modcmd_t;

typedef struct modinfo {
	uint32_t	mi_version;	/* __NetBSD_Version__ */
	uint32_t	mi_class;	/* modclass_t */
	int		(*mi_modcmd)(modcmd_t, void *);
	const char	*mi_name;
	const char	*mi_required;	/* "a,b" or NULL */
} modinfo_t;

_Static_assert(offsetof(modinfo_t, mi_modcmd) == 8, "modinfo ABI");
_Static_assert(sizeof(modinfo_t) == 8 + 3 * sizeof(void *), "modinfo ABI");

/* A linker set: an array of pointers in a section of its own. */
#define __link_set_add(set, sym)					\
	static void const * const __link_set_##set##_sym_##sym		\
	    __section("link_set_" #set) __used = (const void *)&sym

#define MODULE(class, name, required)					\
	static int name##_modcmd(modcmd_t, void *);			\
	static const modinfo_t name##_modinfo = {			\
		.mi_version = __NetBSD_Version__,			\
		.mi_class = (class),					\
		.mi_modcmd = name##_modcmd,				\
		.mi_name = #name,					\
		.mi_required = (required)				\
	};								\
	__link_set_add(modules, name##_modinfo)

/* modctl: the module system's calls, for guest code. */
#define MODCTL_LOAD	0	/* modctl_load_t */
#define MODCTL_UNLOAD	1	/* const char *name */
#define MODCTL_STAT	2	/* modctl_stat_t */
#define MODCTL_EXISTS	3	/* const char *name: 0 or ENOENT */

typedef struct modctl_load {
	const char	*ml_filename;
	int		ml_flags;
	const char	*ml_props;
	size_t		ml_propslen;
} modctl_load_t;

#define MAXMODNAME	32
#define MODULE_SOURCE_KERNEL	0
#define MODULE_SOURCE_BOOT	1
#define MODULE_SOURCE_FILESYS	2

typedef struct modstat {
	char		ms_name[MAXMODNAME];
	char		ms_required[MAXMODNAME * 10];
	uint64_t	ms_addr;
	int32_t		ms_source;
	uint32_t	ms_class;
	uint32_t	ms_size;
	int32_t		ms_refcnt;
	uint32_t	ms_flags;
	uint32_t	ms_reserved[3];
} modstat_t;

_Static_assert(sizeof(modstat_t) == 392, "modstat ABI");

typedef struct modctl_stat {
	modstat_t	*ms_buffer;
	size_t		ms_count;	/* in: room; out: modules there are */
} modctl_stat_t;

int	modctl(int, void *);

#endif /* SYS_MODULE_H */

/*
 * Files of /proc, /sys and debugfs.  They are there, and nobody opens them.
 */
#include "linux.h"

/* A file or a folder that the kernel made for a module. */
struct file {
	struct file	*next;		/* newest first */
	const void	*parent;	/* NULL: the root */
	void		*opaque;
	const char	*kind;
	char		name[LEAK_NAME];
};

static struct file *files;

static void *
make(const char *kind, const char *name, const void *parent,
    const void *caller)
{
	struct file *f = kernel_alloc(sizeof(*f));

	if (f == NULL)
		return err_ptr(-ENOMEM);
	f->opaque = registry_opaque(kind, name, caller);
	if (is_err(f->opaque)) {
		kmem_free(f);
		return err_ptr(-ENOMEM);
	}
	f->kind = kind;
	f->parent = parent;
	strlcpy(f->name, name != NULL ? name : "", sizeof(f->name));
	f->next = files;
	files = f;
	return f->opaque;
}

static struct file **
locate(const void *opaque)
{
	struct file **at = &files;

	while (*at != NULL && (*at)->opaque != opaque)
		at = &(*at)->next;
	return at;
}

/* And all that is in it. */
static void
unmake(const void *opaque, const void *caller)
{
	struct file **at = locate(opaque), *f = *at;

	if (f == NULL)
		return;
	*at = f->next;
	for (struct file *child = files; child != NULL;) {
		if (child->parent == opaque) {
			unmake(child->opaque, caller);
			child = files;
		} else
			child = child->next;
	}
	registry_destroy_opaque(f->kind, f->opaque, caller);
	kmem_free(f);
}

static struct file *
named(const char *kind, const char *name, const void *parent)
{
	struct file *f = files;

	while (f != NULL && (f->parent != parent ||
	    strcmp(f->kind, kind) != 0 || strcmp(f->name, name) != 0))
		f = f->next;
	return f;
}

/* -- debugfs: answers an error that nobody checks. */

static const char debugfs[] = "debugfs file";

#define DEBUGFS(name, parameters)					\
	LINUX_GPL(void *, name, parameters)				\
	{								\
		return make(debugfs, file, parent, CALLER);		\
	}

DEBUGFS(debugfs_create_dir, (const char *file, void *parent))
DEBUGFS(debugfs_create_file, (const char *file, unsigned mode, void *parent,
    void *data, const void *fops))
DEBUGFS(debugfs_create_file_unsafe, (const char *file, unsigned mode,
    void *parent, void *data, const void *fops))
DEBUGFS(debugfs_create_symlink, (const char *file, void *parent,
    const char *target))
DEBUGFS(debugfs_create_blob, (const char *file, unsigned mode, void *parent,
    void *blob))

#define DEBUGFS_VALUE(type)						\
	LINUX_GPL(void, debugfs_create_##type,				\
	    (const char *file, unsigned mode, void *parent, void *value)) \
	{								\
		(void)make(debugfs, file, parent, CALLER);		\
	}

DEBUGFS_VALUE(u8)
DEBUGFS_VALUE(u16)
DEBUGFS_VALUE(u32)
DEBUGFS_VALUE(u64)
DEBUGFS_VALUE(ulong)
DEBUGFS_VALUE(x8)
DEBUGFS_VALUE(x16)
DEBUGFS_VALUE(x32)
DEBUGFS_VALUE(x64)
DEBUGFS_VALUE(size_t)
DEBUGFS_VALUE(atomic_t)
DEBUGFS_VALUE(bool)

LINUX_GPL(void, debugfs_remove, (void *file))
{
	if (file != NULL && !is_err(file))
		unmake(file, CALLER);
}

LINUX_GPL(void, debugfs_lookup_and_remove, (const char *name, void *parent))
{
	const struct file *f = named(debugfs, name, parent);

	if (f != NULL)
		unmake(f->opaque, CALLER);
}

LINUX_GPL(bool, debugfs_initialized, (void))
{
	return true;
}

/* -- /proc: NULL when it could not be made. */

static const char proc[] = "/proc file";

static void *
proc_make(const char *name, const void *parent, const void *caller)
{
	void *file = make(proc, name, parent, caller);

	return is_err(file) ? NULL : file;
}

#define PROC(name, parameters)						\
	LINUX(void *, name, parameters)					\
	{								\
		return proc_make(file, parent, CALLER);			\
	}
#define PROC_GPL(name, parameters)					\
	LINUX_GPL(void *, name, parameters)				\
	{								\
		return proc_make(file, parent, CALLER);			\
	}

PROC(proc_mkdir, (const char *file, void *parent))
PROC(proc_mkdir_mode, (const char *file, unsigned mode, void *parent))
PROC_GPL(proc_mkdir_data, (const char *file, unsigned mode, void *parent,
    void *data))
PROC(proc_symlink, (const char *file, void *parent, const char *target))
PROC(proc_create, (const char *file, unsigned mode, void *parent,
    const void *ops))
PROC(proc_create_data, (const char *file, unsigned mode, void *parent,
    const void *ops, void *data))
PROC(proc_create_seq_private, (const char *file, unsigned mode, void *parent,
    const void *ops, unsigned size, void *data))
PROC(proc_create_single_data, (const char *file, unsigned mode, void *parent,
    void *show, void *data))

LINUX(void, proc_remove, (void *file))
{
	if (file != NULL)
		unmake(file, CALLER);
}

LINUX(void, remove_proc_entry, (const char *name, void *parent))
{
	const struct file *f = named(proc, name, parent);

	if (f == NULL)
		linux_warn(CALLER, "remove_proc_entry: there is no %s", name);
	else
		unmake(f->opaque, CALLER);
}

/* Names may have several steps: a/b is in a, wherever that was made. */
static const struct file *
below(const char *name, const void *parent)
{
	const struct file *f = files;
	size_t n = strlen(name);

	while (f != NULL && (f->kind != proc || f->parent != parent ||
	    strncmp(f->name, name, n) != 0 || f->name[n] != '/'))
		f = f->next;
	return f;
}

LINUX(int, remove_proc_subtree, (const char *name, void *parent))
{
	const struct file *f = named(proc, name, parent), *in;

	while ((in = below(name, parent)) != NULL)
		unmake(in->opaque, CALLER);

	if (f == NULL)
		return -ENOENT;
	unmake(f->opaque, CALLER);
	return 0;
}

LINUX(void, proc_set_size, (void *file, int64_t size))
{
}

LINUX(void, proc_set_user, (void *file, unsigned uid, unsigned gid))
{
}

/* -- sysctl. */

LINUX(void *, register_sysctl, (const char *path, void *table))
{
	void *header = registry_opaque("sysctl table", path, CALLER);

	return is_err(header) ? NULL : header;
}

LINUX(void *, register_sysctl_table, (void *table))
{
	void *header = registry_opaque("sysctl table", NULL, CALLER);

	return is_err(header) ? NULL : header;
}

LINUX(void, unregister_sysctl_table, (void *header))
{
	if (header != NULL)
		registry_destroy_opaque("sysctl table", header, CALLER);
}

/* -- sysfs: a folder of the kernel's, and what is put into folders.  That goes
 * with the folder when the module forgets it, so it is not in the ledger. */

LINUX_GPL(void *, kobject_create_and_add, (const char *name, void *parent))
{
	void *kobj = make("kobject", name, parent, CALLER);

	return is_err(kobj) ? NULL : kobj;
}

LINUX_GPL(void *, kset_create_and_add,
    (const char *name, const void *ops, void *parent))
{
	void *kset = make("kset", name, parent, CALLER);

	return is_err(kset) ? NULL : kset;
}

LINUX(void, kset_unregister, (void *kset))
{
	unmake(kset, CALLER);
}

/* Only of those that were made here is the end of the count known. */
LINUX(void, kobject_put, (void *kobj))
{
	if (kobj != NULL)
		unmake(kobj, CALLER);
}

#define SYSFS_ADDS(name)						\
	LINUX_GPL(int, name, (void *kobj, const void *what))		\
	{								\
		return inject_failure(CALLER) ? -ENOMEM : 0;		\
	}
#define SYSFS_REMOVES(name)						\
	LINUX_GPL(void, name, (void *kobj, const void *what))		\
	{								\
	}

SYSFS_ADDS(sysfs_create_group)
SYSFS_ADDS(sysfs_create_groups)
SYSFS_ADDS(sysfs_create_file_ns)
SYSFS_ADDS(sysfs_create_files)
SYSFS_ADDS(sysfs_create_bin_file)
SYSFS_ADDS(sysfs_create_mount_point)
SYSFS_REMOVES(sysfs_remove_group)
SYSFS_REMOVES(sysfs_remove_groups)
SYSFS_REMOVES(sysfs_remove_file_ns)
SYSFS_REMOVES(sysfs_remove_files)
SYSFS_REMOVES(sysfs_remove_bin_file)
SYSFS_REMOVES(sysfs_remove_mount_point)

/* -- Keys. */

LINUX(void *, keyring_alloc, (const char *name, unsigned uid, unsigned gid,
    const void *cred, unsigned perm, unsigned long flags,
    void *restriction, void *dest))
{
	return registry_opaque("keyring", name, CALLER);
}

/* There are no types of keys but those that modules register; of these nothing
 * is made. */
static bool
has_key_type(const char *name)
{
	const char *const *type = NULL;		/* begins with its name */

	while ((type = ledger_next("key type", type)) != NULL)
		if (strcmp(*type, name) == 0)
			return true;
	return false;
}

LINUX(void *, key_create_or_update, (void *keyring, const char *type,
    const char *description, const void *payload, size_t n,
    unsigned perm, unsigned long flags))
{
	if (has_key_type(type))
		unmodelled("key_create_or_update");
	return err_ptr(-L_ENODEV);
}

LINUX(void, key_put, (void *key))
{
	if (key != NULL && !is_err(key))
		registry_destroy_opaque("keyring", key, CALLER);
}

/* The folders that are always there. */
#define FOLDER(name)							\
	EXPORT_IN(linux_gpl_exports, #name, linux_##name)
static void *linux_kernel_kobj, *linux_fs_kobj, *linux_firmware_kobj;
FOLDER(kernel_kobj);
FOLDER(fs_kobj);
FOLDER(firmware_kobj);
static void *linux_usb_debug_root;
EXPORT_LINUX_GPL("usb_debug_root", linux_usb_debug_root);

void
linux_prepare(void)
{
	if (linux_kernel_kobj != NULL)
		return;
	linux_kernel_kobj = opaque_create("kernel_kobj", NULL);
	linux_fs_kobj = opaque_create("fs_kobj", NULL);
	linux_firmware_kobj = opaque_create("firmware_kobj", NULL);
	linux_usb_debug_root = opaque_create("usb_debug_root", NULL);
}

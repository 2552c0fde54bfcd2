/*
 * What Linux modules register, and the objects that are made for them.
 */
#include "linux.h"

int
registry_add(const char *kind, const void *object, const char *name,
    const void *caller)
{
	if (inject_failure(caller))
		return -ENOMEM;
	if (ledger_has(kind, object)) {
		linux_warn(caller, "%s %p is registered already", kind, object);
		return -EBUSY;
	}
	ledger_add(kind, object, name, caller);
	return 0;
}

bool
registry_remove(const char *kind, const void *object, const void *caller)
{
	if (ledger_take(kind, object))
		return true;
	linux_warn(caller, "%s %p is not registered", kind, object);
	return false;
}

void *
registry_create(const char *kind, size_t n, const char *name,
    const void *caller)
{
	void *object = inject_failure(caller) ? NULL : kernel_alloc(n);

	if (object != NULL)
		ledger_add(kind, object, name, caller);
	return object;
}

void *
registry_opaque(const char *kind, const char *name, const void *caller)
{
	void *object = inject_failure(caller) ? NULL :
	    opaque_create(kind, NULL);

	if (object == NULL)
		return err_ptr(-ENOMEM);
	ledger_add(kind, object, name, caller);
	return object;
}

void
registry_destroy_opaque(const char *kind, void *object, const void *caller)
{
	if (registry_remove(kind, object, caller))
		opaque_destroy(object);
}

void
unmodelled(const char *what)
{
	volatile char *nothing = opaque_create(what, NULL);

	for (;;)
		(void)*nothing;
}

void
registry_destroy(const char *kind, void *object, const void *caller)
{
	if (object != NULL && registry_remove(kind, object, caller))
		kmem_free(object);
}

/*
 * struct device, as far as modules and the kernel share it: it begins with its
 * kobject, whose count of references is kept.  A device that is added is seen
 * by nobody but drivers of its bus, if there are any; what Linux does then, and
 * when the last reference goes, is not modelled.
 */
#include "linux.h"

struct kobject {
	const char		*name;
	struct list_head	entry;
	void			*parent, *kset, *ktype, *sd;
	int32_t			references;
	uint32_t		state;
};

struct device {
	struct kobject		kobj;
	struct device		*parent;
};

/* Its bus is a word in there, wherever the configuration has put it. */
#define DEVICE_WORDS	64

struct device_driver {
	const char	*name;
	const void	*bus;
};

static bool
is_on(const struct device *dev, const void *bus)
{
	const void *const *word = (const void *const *)dev;

	for (unsigned i = 0; i < DEVICE_WORDS; i++)
		if (pmap_extract((uintptr_t)&word[i]) == 0)
			break;
		else if (word[i] == bus)
			return true;
	return false;
}

static bool
has_driver(const struct device *dev)
{
	const struct device_driver *d = NULL;

	while ((d = ledger_next("driver", d)) != NULL)
		if (d->bus != NULL && is_on(dev, d->bus))
			return true;
	return false;
}

static void
initialize(struct device *dev)
{
	dev->kobj.references = 1;
	list_init(&dev->kobj.entry);
}

static int
device_enter(struct device *dev, const void *caller)
{
	int error = registry_add("device", dev, dev->kobj.name, caller);

	if (error == 0 && has_driver(dev))
		unmodelled("probe of a device");
	return error;
}

static void
device_drop(struct device *dev, const void *caller)
{
	if (dev == NULL || opaque_what((uintptr_t)dev) != NULL)
		return;
	if (dev->kobj.references <= 0)
		linux_warn(caller, "put_device of %p, which has no references",
		    (void *)dev);
	else if (--dev->kobj.references == 0)
		unmodelled("release of a device");
}

LINUX_GPL(void, device_initialize, (struct device *dev))
{
	initialize(dev);
}

LINUX_GPL(int, device_add, (struct device *dev))
{
	return device_enter(dev, CALLER);
}

LINUX_GPL(int, device_register, (struct device *dev))
{
	initialize(dev);
	return device_enter(dev, CALLER);
}

LINUX_GPL(void, device_del, (struct device *dev))
{
	(void)registry_remove("device", dev, CALLER);
}

LINUX_GPL(void, device_unregister, (struct device *dev))
{
	if (opaque_what((uintptr_t)dev) != NULL) {
		registry_destroy_opaque("struct device", dev, CALLER);
		return;
	}
	(void)registry_remove("device", dev, CALLER);
	device_drop(dev, CALLER);
}

LINUX_GPL(struct device *, get_device, (struct device *dev))
{
	if (dev != NULL && opaque_what((uintptr_t)dev) == NULL)
		dev->kobj.references++;
	return dev;
}

LINUX_GPL(void, put_device, (struct device *dev))
{
	device_drop(dev, CALLER);
}

/* The name is the kernel's until the device is released. */
LINUX_GPL_VARIADIC(int, dev_set_name,
    (struct device *dev, const char *fmt, ...))
{
	char *name = kernel_alloc(LEAK_NAME);
	va_list ap;

	if (name == NULL)
		return -ENOMEM;
	va_start(ap, fmt);
	(void)linux_format(name, LEAK_NAME, fmt, ap);
	va_end(ap);
	dev->kobj.name = name;
	return 0;
}

LINUX_VARIADIC(int, kobject_set_name,
    (struct kobject *kobj, const char *fmt, ...))
{
	char *name = kernel_alloc(LEAK_NAME);
	va_list ap;

	if (name == NULL)
		return -ENOMEM;
	va_start(ap, fmt);
	(void)linux_format(name, LEAK_NAME, fmt, ap);
	va_end(ap);
	kobj->name = name;
	return 0;
}

/* Nobody listens. */
LINUX_GPL(int, kobject_uevent, (void *kobj, int action))
{
	return 0;
}

LINUX_GPL(int, kobject_uevent_env, (void *kobj, int action, char **env))
{
	return 0;
}

LINUX_GPL(int, device_create_file, (void *dev, const void *attribute))
{
	return inject_failure(CALLER) ? -ENOMEM : 0;
}

LINUX_GPL(void, device_remove_file, (void *dev, const void *attribute))
{
}

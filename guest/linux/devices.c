/*
 * Device numbers, character devices, classes and the devices that modules
 * make up.  What Linux would show of them in /dev and /sys nobody opens.
 */
#include "linux.h"

typedef uint32_t linux_dev_t;
#define MKDEV(major, minor)	((uint32_t)(major) << 20 | (minor))
#define MAJOR(dev)		((dev) >> 20)

/* -- Numbers.  Those that are handed out begin where Linux's do, and go down. */

struct region {
	struct region	*next;
	linux_dev_t	first;
	unsigned	count;
};

static struct region *regions;

static bool
is_taken(linux_dev_t first, unsigned count)
{
	for (const struct region *r = regions; r != NULL; r = r->next)
		if (first < r->first + r->count && r->first < first + count)
			return true;
	return false;
}

static int
take_region(linux_dev_t first, unsigned count, const char *name,
    const void *caller)
{
	struct region *r;

	if (is_taken(first, count))
		return -EBUSY;
	r = registry_create("device numbers", sizeof(*r), name, caller);
	if (r == NULL)
		return -ENOMEM;
	r->first = first;
	r->count = count;
	r->next = regions;
	regions = r;
	return 0;
}

static int
take_free_region(unsigned minor, unsigned count, const char *name,
    linux_dev_t *first, const void *caller)
{
	for (unsigned major = 254; major >= 234; major--) {
		*first = MKDEV(major, minor);
		if (!is_taken(MKDEV(major, 0), 1U << 20))
			return take_region(*first, count, name, caller);
	}
	return -EBUSY;
}

static void
drop_region(linux_dev_t first, const void *caller)
{
	struct region **at = &regions, *r;

	while (*at != NULL && (*at)->first != first)
		at = &(*at)->next;
	r = *at;
	if (r == NULL)
		return;
	*at = r->next;
	registry_destroy("device numbers", r, caller);
}

/* The memory of regions that a module left goes with its ledger. */
void
devices_gone(const void *object)
{
	struct region **at = &regions;

	while (*at != NULL && *at != object)
		at = &(*at)->next;
	if (*at != NULL)
		*at = (*at)->next;
}

LINUX(int, alloc_chrdev_region,
    (linux_dev_t *dev, unsigned minor, unsigned count, const char *name))
{
	return take_free_region(minor, count, name, dev, CALLER);
}

LINUX(int, register_chrdev_region,
    (linux_dev_t first, unsigned count, const char *name))
{
	return take_region(first, count, name, CALLER);
}

LINUX(void, unregister_chrdev_region, (linux_dev_t first, unsigned count))
{
	drop_region(first, CALLER);
}

LINUX(int, __register_chrdev, (unsigned major, unsigned minor, unsigned count,
    const char *name, const void *fops))
{
	linux_dev_t dev = MKDEV(major, minor);
	int error = major != 0 ? take_region(dev, count, name, CALLER) :
	    take_free_region(minor, count, name, &dev, CALLER);

	return error != 0 ? error : major != 0 ? 0 : (int)MAJOR(dev);
}

LINUX(void, __unregister_chrdev,
    (unsigned major, unsigned minor, unsigned count, const char *name))
{
	drop_region(MKDEV(major, minor), CALLER);
}

LINUX(int, __register_blkdev, (unsigned major, const char *name, void *probe))
{
	linux_dev_t dev = MKDEV(major, 0) | 1U << 31;
	int error;

	if (major != 0)
		return take_region(dev, 1U << 20, name, CALLER);
	for (major = 254; major > 0; major--)
		if (!is_taken(MKDEV(major, 0) | 1U << 31, 1))
			break;
	error = take_region(MKDEV(major, 0) | 1U << 31, 1U << 20, name, CALLER);
	return error != 0 ? error : (int)major;
}

LINUX(void, unregister_blkdev, (unsigned major, const char *name))
{
	drop_region(MKDEV(major, 0) | 1U << 31, CALLER);
}

/* -- Character devices: struct cdev is the module's; of it {kobj; owner; ops;
 * list; dev; count} nothing is needed here. */

LINUX(void, cdev_init, (void *cdev, const void *fops))
{
}

LINUX(int, cdev_add, (void *cdev, linux_dev_t dev, unsigned count))
{
	return registry_add("character device", cdev, NULL, CALLER);
}

UNREGISTERS("character device", cdev_del)

/* struct miscdevice: {int minor; const char *name; ...}. */
struct miscdevice {
	int		minor;
	const char	*name;
};

#define MISC_DYNAMIC_MINOR	255

LINUX(int, misc_register, (struct miscdevice *misc))
{
	static int next = 256;
	int error;

	if (ledger_named("misc device", misc->name) != NULL)
		return -EBUSY;
	error = registry_add("misc device", misc, misc->name, CALLER);
	if (error == 0 && misc->minor == MISC_DYNAMIC_MINOR)
		misc->minor = next++;
	return error;
}

UNREGISTERS("misc device", misc_deregister)

/* -- Classes and devices that the kernel makes: nobody looks into them. */

/* Modules fill in what they want of a class: it begins {name; owner}. */
struct class {
	const char	*name;
	void		*owner;
	char		rest[256];
};

LINUX_GPL(void *, __class_create, (void *owner, const char *name, void *key))
{
	struct class *c = registry_create("class", sizeof(*c), name, CALLER);

	if (c == NULL)
		return err_ptr(-ENOMEM);
	c->name = name;
	c->owner = owner;
	return c;
}

LINUX_GPL(void, class_destroy, (void *class))
{
	if (class != NULL && !is_err(class))
		registry_destroy("class", class, CALLER);
}

LINUX_GPL(int, class_create_file_ns,
    (void *class, const void *attribute, const void *ns))
{
	return inject_failure(CALLER) ? -ENOMEM : 0;
}

LINUX_GPL(void, class_remove_file_ns,
    (void *class, const void *attribute, const void *ns))
{
}

/* -- LED triggers. */

LINUX_GPL(void, led_trigger_register_simple, (const char *name, void **to))
{
	void *trigger = registry_opaque("led trigger", name, CALLER);

	*to = is_err(trigger) ? NULL : trigger;
}

LINUX_GPL(void, led_trigger_unregister_simple, (void *trigger))
{
	if (trigger != NULL)
		registry_destroy_opaque("led trigger", trigger, CALLER);
}

LINUX_GPL(void, led_trigger_event, (void *trigger, int brightness))
{
}

/* -- Platform devices that modules make up.  Nobody probes them, so there must
 * not be a driver of that name. */

struct platform_driver {
	void		*probe, *remove, *shutdown, *suspend, *resume;
	const char	*name;		/* begins struct device_driver */
};

static bool
has_driver(const char *name)
{
	const struct platform_driver *d = NULL;

	while ((d = ledger_next("platform driver", d)) != NULL)
		if (d->name != NULL && strcmp(d->name, name) == 0)
			return true;
	return false;
}

struct platform_device_info {
	void		*parent, *fwnode;
	uint8_t		of_node_reused;
	const char	*name;
};

LINUX_GPL(void *, platform_device_register_full,
    (const struct platform_device_info *info))
{
	if (has_driver(info->name))
		unmodelled("probe of a platform device");
	return registry_opaque("platform device", info->name, CALLER);
}

LINUX_GPL(void, platform_device_unregister, (void *device))
{
	if (device != NULL && !is_err(device))
		registry_destroy_opaque("platform device", device, CALLER);
}

struct made_device {
	struct made_device	*next;
	const void		*class;
	linux_dev_t		dev;
	void			*opaque;
};

static struct made_device *made;

LINUX_GPL_VARIADIC(void *, device_create, (void *class, void *parent,
    linux_dev_t dev, void *data, const char *fmt, ...))
{
	struct made_device *d = kernel_alloc(sizeof(*d));
	char name[LEAK_NAME];
	va_list ap;

	va_start(ap, fmt);
	(void)linux_format(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (d == NULL)
		return err_ptr(-ENOMEM);
	d->class = class;
	d->dev = dev;
	d->opaque = registry_opaque("struct device", name, CALLER);
	if (is_err(d->opaque)) {
		kmem_free(d);
		return err_ptr(-ENOMEM);
	}
	d->next = made;
	made = d;
	return d->opaque;
}

LINUX_GPL(void, device_destroy, (const void *class, linux_dev_t dev))
{
	struct made_device **at = &made, *d;

	while (*at != NULL && ((*at)->class != class || (*at)->dev != dev))
		at = &(*at)->next;
	d = *at;
	if (d == NULL)
		return;
	*at = d->next;
	registry_destroy_opaque("struct device", d->opaque, CALLER);
	kmem_free(d);
}

LINUX_GPL(void *, __root_device_register, (const char *name, void *owner))
{
	return registry_opaque("struct device", name, CALLER);
}

LINUX_GPL(void, root_device_unregister, (void *device))
{
	registry_destroy_opaque("struct device", device, CALLER);
}

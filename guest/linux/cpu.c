/*
 * The CPUs as Linux describes them: there is one, of a kind that no module
 * knows, without any feature that Linux asks about.
 */
#include "linux.h"

static unsigned linux_nr_cpu_ids = 1;
EXPORT_LINUX("nr_cpu_ids", linux_nr_cpu_ids);
static unsigned linux_nr_node_ids = 1;
EXPORT_LINUX("nr_node_ids", linux_nr_node_ids);

/* struct cpumask of as many CPUs as any of the kernels has. */
#define MASK_BYTES	1024
static const uint32_t linux_one_cpu[MASK_BYTES / 4] = { 1 };
EXPORT_LINUX("__cpu_online_mask", linux_one_cpu);
static const uint32_t linux_possible[MASK_BYTES / 4] = { 1 };
EXPORT_LINUX("__cpu_possible_mask", linux_possible);
static const uint32_t linux_present[MASK_BYTES / 4] = { 1 };
EXPORT_LINUX("__cpu_present_mask", linux_present);

static const unsigned long linux_cpu_all_bits[MASK_BYTES / sizeof(long)] = {
	[0 ... MASK_BYTES / sizeof(long) - 1] = ~0UL
};
EXPORT_LINUX("cpu_all_bits", linux_cpu_all_bits);

/* What pages of nothing are mapped to. */
static const char linux_empty_zero_page[4096]
    __attribute__((__aligned__(4096)));
EXPORT_LINUX("empty_zero_page", linux_empty_zero_page);

/* struct cpuinfo_x86 begins {family; vendor; model; stepping}, each a byte. */
static const uint8_t linux_boot_cpu_data[512]
    __attribute__((__aligned__(64))) = { 0, 0xff };
EXPORT_LINUX("boot_cpu_data", linux_boot_cpu_data);

/* struct x86_cpu_id {u16 vendor, family, model, steppings, feature; data}. */
struct cpu_id {
	uint16_t	vendor, family, model, steppings, feature;
	unsigned long	data;
};

LINUX(const struct cpu_id *, x86_match_cpu, (const struct cpu_id *id))
{
	for (; id->vendor | id->family | id->model | id->steppings |
	    id->feature; id++)
		if (id->vendor == 0xffff && id->family == 0 &&
		    id->model == 0 && id->steppings == 0 && id->feature == 0)
			return id;
	return NULL;
}

static int linux_fg_console;
EXPORT_LINUX("fg_console", linux_fg_console);

/* -- What is to be done when a CPU comes or goes: the one that is here comes when
 * it is registered. */

struct cpuhp {
	struct cpuhp	*next;
	unsigned	state;
	int		(LINUX_REGPARM *teardown)(unsigned cpu);
};

static struct cpuhp *states;

LINUX(int, __cpuhp_setup_state, (unsigned state, const char *name, bool invoke,
    int (LINUX_REGPARM *startup)(unsigned cpu),
    int (LINUX_REGPARM *teardown)(unsigned cpu), bool multi))
{
	static unsigned next = 1000;
	struct cpuhp *c = registry_create("cpu hotplug state", sizeof(*c),
	    name, CALLER);
	int error = c == NULL ? -ENOMEM : 0;

	if (error == 0 && invoke && startup != NULL && !multi)
		error = startup(0);
	if (error != 0) {
		registry_destroy("cpu hotplug state", c, CALLER);
		return error;
	}
	c->state = next++;
	c->teardown = teardown;
	c->next = states;
	states = c;
	return (int)c->state;
}

/* By the number that was answered; those with a fixed one name the newest. */
LINUX(void, __cpuhp_remove_state, (unsigned state, bool invoke))
{
	struct cpuhp **at = &states, *c;

	while (*at != NULL && (*at)->state != state && state >= 1000)
		at = &(*at)->next;
	c = *at;
	if (c == NULL)
		return;
	*at = c->next;
	if (invoke && c->teardown != NULL)
		(void)c->teardown(0);
	registry_destroy("cpu hotplug state", c, CALLER);
}

/* -- Read-copy-update: readers do not sleep, and there is one CPU, so when a
 * function of this file runs there are no others. */

LINUX_GPL(void, __rcu_read_lock, (void))
{
}

LINUX_GPL(void, __rcu_read_unlock, (void))
{
}

LINUX_GPL(void, synchronize_rcu, (void))
{
	might_sleep(CALLER, "synchronize_rcu");
}

LINUX_GPL(void, synchronize_rcu_expedited, (void))
{
	might_sleep(CALLER, "synchronize_rcu_expedited");
}

LINUX_GPL(void, rcu_barrier, (void))
{
	might_sleep(CALLER, "rcu_barrier");
}

struct rcu_head {
	struct rcu_head	*next;
	void		(LINUX_REGPARM *func)(struct rcu_head *);
};

LINUX_GPL(void, call_rcu,
    (struct rcu_head *head, void (LINUX_REGPARM *func)(struct rcu_head *)))
{
	/* kfree_rcu of a kernel for one CPU: an offset, as below. */
	if ((uintptr_t)func < PAGE_SIZE)
		linux_free((char *)head - (uintptr_t)func);
	else
		func(head);
}

/* kfree_rcu: the function is the offset of the head in what is freed. */
LINUX_GPL(void, kvfree_call_rcu, (struct rcu_head *head, uintptr_t offset))
{
	linux_free(head != NULL ? (char *)head - offset : (char *)offset);
}

/* -- Software interrupts are the kernel's threads. */

/* What objects have added to the count inline. */
LINUX(void, __local_bh_enable_ip, (unsigned long ip, unsigned count))
{
	arch_linux_preempt_enable(count);
}

LINUX(void, __local_bh_disable_ip, (unsigned long ip, unsigned count))
{
}

/* -- Modules: one that runs is there. */

LINUX(bool, try_module_get, (void *module))
{
	return true;
}

LINUX(void, __module_get, (void *module))
{
}

LINUX(void, module_put, (void *module))
{
}

/* Nobody is there to load one. */
LINUX_VARIADIC(int, __request_module, (bool wait, const char *fmt, ...))
{
	return -ENOENT;
}

LINUX(bool, capable, (int capability))
{
	return true;
}

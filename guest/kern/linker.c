/*
 * The two threads that serve requests: the linker thread loads and unloads,
 * the caller thread calls functions.  Requests come from the host, in slots
 * of the mailbox, and from other guest threads (modctl.c); each thread serves
 * its own in the order of arrival.
 */
#include "defs.h"

struct request {
	struct request	*next;
	unsigned	op;		/* REQUEST_* */
	char		*name;		/* of a guest's request, kmem */
	struct wire_request *slot;	/* of the host's */
	uint32_t	waiter;		/* thread id, of a guest's */
	bool		done;
	struct outcome	outcome;
};

static struct wire_mailbox mailbox;
static struct request slot_requests[WIRE_SLOTS];
static struct request *linker_queue, *caller_queue;
static struct thread *linker_thread;

static void
queue_append(struct request **queue, struct request *r)
{
	struct request **at = queue;
	unsigned s = arch_intr_disable();

	r->next = NULL;
	while (*at != NULL)
		at = &(*at)->next;
	*at = r;
	wakeup(queue);
	arch_intr_restore(s);
}

static struct request *
queue_take(struct request **queue)
{
	unsigned s = arch_intr_disable();

	while (*queue == NULL)
		(void)tsleep(queue, 0);

	struct request *r = *queue;

	*queue = r->next;
	arch_intr_restore(s);
	return r;
}

void
linker_interrupt(void)
{
	for (unsigned i = 0; i < WIRE_SLOTS; i++) {
		struct wire_request *slot = &mailbox.slot[i];
		struct request *r = &slot_requests[i];

		if (slot->state != SLOT_POSTED)
			continue;
		slot->state = SLOT_ACTIVE;
		r->op = slot->op;
		r->slot = slot;
		queue_append(r->op == REQUEST_CALL ? &caller_queue :
		    &linker_queue, r);
	}
}

static void
slot_answer(struct wire_request *slot, const struct outcome *o)
{
	slot->error = o->error;
	slot->stage = o->stage;
	slot->module = o->module;
	slot->leaks = o->leaks;
	slot->leaked_bytes = o->leaked_bytes;
	slot->reason_va = (uintptr_t)o->reason;
	slot->reason_bytes = o->reason != NULL ? strlen(o->reason) : 0;
	slot->faulted = o->oops != NULL;
	slot->oops_va = (uintptr_t)o->oops;
	slot->state = SLOT_DONE;
	device_write(WIRE_LINKER + LINKER_DONE,
	    (uint32_t)(slot - mailbox.slot));
}

static void
request_free(struct request *r)
{
	outcome_clear(&r->outcome);
	kmem_free(r->name);
	kmem_free(r);
}

static void
guest_answer(struct request *r)
{
	if (r->outcome.reason != NULL)
		printf("modctl: %s\n", r->outcome.reason);

	unsigned s = arch_intr_disable();

	/* The thread that asked may have ended, with its module. */
	if (thread_by_id(r->waiter) == NULL) {
		request_free(r);
	} else {
		r->done = true;
		wakeup(r);
	}
	arch_intr_restore(s);
}

static void
serve(struct request *r)
{
	struct outcome *o = &r->outcome;
	struct module *m;

	switch (r->op) {
	case REQUEST_LOAD:
		(void)module_load(r->slot != NULL ?
		    (uint32_t)r->slot->arg[0] : 0, r->name, o);
		break;
	case REQUEST_UNLOAD:
		m = r->slot != NULL ?
		    module_by_id((uint32_t)r->slot->arg[0]) :
		    module_by_name(r->name);
		if (m != NULL)
			(void)module_unload(m, o);
		else
			(void)outcome_fail(o, STAGE_POLICY, ENOENT,
			    "there is no such module");
		break;
	default:
		(void)outcome_fail(o, STAGE_POLICY, EINVAL,
		    "request %u is unknown", r->op);
		break;
	}
}

static void
linker(void *arg)
{
	(void)arg;
	for (;;) {
		struct request *r = queue_take(&linker_queue);

		/* Text and record of a slot's last request lived till now. */
		outcome_clear(&r->outcome);
		serve(r);
		if (r->slot != NULL)
			slot_answer(r->slot, &r->outcome);
		else
			guest_answer(r);
	}
}

static void
guarded_call(void *arg)
{
	struct wire_request *slot = arg;
	uintptr_t words[WIRE_ARGS], high = 0;

	for (unsigned i = 0; i < WIRE_ARGS; i++)
		words[i] = (uintptr_t)slot->arg[i];
	slot->result[0] = arch_call((uintptr_t)slot->target_va, words,
	    slot->nargs, slot->convention, &high);
	slot->result[1] = high;
}

static void
call(struct wire_request *slot, struct outcome *o)
{
	struct wire_oops oops;
	bool refused = false;
	int error;

	if (slot->nargs > WIRE_ARGS) {
		(void)outcome_fail(o, STAGE_POLICY, EINVAL,
		    "more than %d words of arguments", WIRE_ARGS);
		return;
	}

	unsigned s = arch_intr_disable();
	struct module *m = module_at((uintptr_t)slot->target_va);

	if (m != NULL && m->mod_state == MODULE_LIVE)
		m->mod_calls++;
	else
		refused = m != NULL;
	arch_intr_restore(s);
	if (refused) {
		(void)outcome_fail(o, STAGE_POLICY, EBUSY,
		    "the module is not live");
		return;
	}
	error = guard_module(m, guarded_call, slot, bootinfo.init_budget_ns,
	    &oops);
	if (error != 0)
		(void)outcome_oops(o, STAGE_CALL, error, &oops, "call");
	if (m != NULL)
		m->mod_calls--;
}

static void
caller(void *arg)
{
	(void)arg;
	for (;;) {
		struct request *r = queue_take(&caller_queue);

		outcome_clear(&r->outcome);
		call(r->slot, &r->outcome);
		slot_answer(r->slot, &r->outcome);
	}
}

int
linker_request(unsigned op, const char *name)
{
	struct request *r;
	int error;

	if (curthread == linker_thread)
		return EDEADLK;
	r = kernel_alloc(sizeof(*r));
	if (r == NULL || (r->name = kernel_strdup(name)) == NULL) {
		kmem_free(r);
		return ENOMEM;
	}
	r->op = op;
	r->waiter = thread_id(curthread);

	/* Waiting is not running: the watchdog must not bite meanwhile, nor
	 * may it, because the linker thread refers to the request. */
	unsigned s = arch_intr_disable();
	uint64_t since = nanouptime();
	struct guard *guard = guard_suspend();

	queue_append(&linker_queue, r);
	while (!r->done)
		(void)tsleep(r, 0);
	error = r->outcome.error;
	request_free(r);
	guard_resume(guard, nanouptime() - since);
	arch_intr_restore(s);
	return error;
}

void
linker_init(void)
{
	linker_thread = thread_create("linker", linker, NULL);
	if (linker_thread == NULL ||
	    thread_create("caller", caller, NULL) == NULL)
		panic("no memory for the kernel's threads");
	mailbox.magic = WIRE_MAGIC;
	mailbox.version = WIRE_VERSION;
	mailbox.slots = WIRE_SLOTS;
	device_write(WIRE_LINKER + LINKER_MAILBOX, (uint32_t)KPA(&mailbox));
}

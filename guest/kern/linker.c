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
	uint32_t	number;		/* source or module; 0: by name */
	const char	*name;		/* NULL: by number */
	struct wire_request *slot;	/* of the host's */
	uint32_t	waiter;		/* thread id, of a guest's */
	bool		done;
	struct outcome	outcome;
};

static struct wire_mailbox mailbox = {
	.magic = WIRE_MAGIC, .version = WIRE_VERSION, .slots = WIRE_SLOTS
};
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
		r->number = (uint32_t)slot->arg[0];
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
	slot->left_va = (uintptr_t)o->left;
	slot->left = o->nleft;
	slot->left_unlisted = o->unlisted;
	slot->stack_bytes = o->stack;
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
	kmem_free(r);
}

static void
guest_answer(struct request *r)
{
	unsigned s = arch_intr_disable();

	if (r->outcome.reason != NULL)
		printf("modctl: %s\n", r->outcome.reason);
	r->done = true;
	wakeup(r);
	/* The thread that asked may have ended, with its module. */
	if (thread_by_id(r->waiter) == NULL)
		request_free(r);
	arch_intr_restore(s);
}

static void
call_target(void *arg)
{
	struct wire_request *slot = arg;
	uintptr_t words[WIRE_ARGS], high = 0;

	for (unsigned i = 0; i < WIRE_ARGS; i++)
		words[i] = (uintptr_t)slot->arg[i];
	slot->result[0] = arch_call((uintptr_t)slot->target_va, words,
	    slot->nargs, slot->convention, &high);
	slot->result[1] = high;
}

static int
call(struct wire_request *slot, struct outcome *o)
{
	unsigned s = arch_intr_disable();
	struct module *m = module_at((uintptr_t)slot->target_va);
	bool live = m == NULL || m->mod_state == MODULE_LIVE;

	if (m != NULL && live)
		m->mod_calls++;
	arch_intr_restore(s);
	if (!live)
		return outcome_fail(o, STAGE_POLICY, EBUSY,
		    "the module is not live");

	int error = module_run(m, call_target, slot, STAGE_CALL, "call", o);

	if (m != NULL)
		m->mod_calls--;
	return error;
}

static int
unload(const struct request *r, struct outcome *o)
{
	struct module *m = r->name != NULL ? module_by_name(r->name) :
	    module_by_id(r->number);

	return m != NULL ? module_unload(m, o) :
	    outcome_fail(o, STAGE_POLICY, ENOENT, "there is no such module");
}

static int
serve(struct request *r, struct outcome *o)
{
	switch (r->op) {
	case REQUEST_LOAD:
		return module_load(r->number, r->name, o);
	case REQUEST_UNLOAD:
		return unload(r, o);
	case REQUEST_CALL:
		return call(r->slot, o);
	default:
		return outcome_fail(o, STAGE_POLICY, EINVAL,
		    "request %u is unknown", r->op);
	}
}

/* Both threads, each with its queue. */
static void
server(void *queue)
{
	for (;;) {
		struct request *r = queue_take(queue);

		/* Text and record of a slot's last request lived till now. */
		outcome_clear(&r->outcome);
		(void)serve(r, &r->outcome);
		if (r->slot != NULL)
			slot_answer(r->slot, &r->outcome);
		else
			guest_answer(r);
	}
}

int
linker_request(unsigned op, const char *name)
{
	size_t bytes = strlen(name) + 1;
	struct request *r;
	int error;

	if (curthread == linker_thread)
		return EDEADLK;
	r = kernel_alloc(sizeof(*r) + bytes);
	if (r == NULL)
		return ENOMEM;
	r->name = memcpy(r + 1, name, bytes);
	r->op = op;
	r->waiter = thread_id(curthread);

	/* Waiting is not running: the watchdog must not bite meanwhile, nor
	 * may it, because the linker thread refers to the request. */
	unsigned s = arch_intr_disable();
	uint64_t since = nanouptime();
	struct guard *guard = curthread->td_guard;

	curthread->td_guard = NULL;
	queue_append(&linker_queue, r);
	while (!r->done)
		(void)tsleep(r, 0);
	error = r->outcome.error;
	request_free(r);
	guard_resume(guard, since);
	arch_intr_restore(s);
	return error;
}

void
linker_init(void)
{
	linker_thread = thread_create("linker", server, &linker_queue);
	if (linker_thread == NULL ||
	    thread_create("caller", server, &caller_queue) == NULL)
		panic("no memory for the kernel's threads");
	device_write(WIRE_LINKER + LINKER_MAILBOX, (uint32_t)KPA(&mailbox));
}

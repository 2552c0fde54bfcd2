/*
 * The linker device, seen from the linker thread: one command at a time, each
 * a sleep until the host has answered.  What the host answers is trusted, but
 * for its size.
 */
#include "defs.h"

static struct wire_command command;

/* Hands the command over; answers its error. */
static int
command_issue(void)
{
	unsigned s = arch_intr_disable();

	device_write(WIRE_LINKER + LINKER_COMMAND, (uint32_t)KPA(&command));
	while (command.done == 0)
		(void)tsleep(&command, 0);
	arch_intr_restore(s);
	return command.error;
}

void
command_done(void)
{
	wakeup(&command);
}

/* The blob of that kind, as large as the last command answered; it begins
 * with its size. */
static void *
command_fetch(uint64_t object, unsigned what, int *error)
{
	size_t bytes = (size_t)command.result;
	void *blob = kernel_alloc(bytes);

	*error = ENOMEM;
	if (blob == NULL)
		return NULL;
	command = (struct wire_command){
		.op = COMMAND_FETCH,
		.what = what,
		.object = object,
		.buffer_va = (uintptr_t)blob,
		.buffer_bytes = bytes,
	};
	*error = command_issue();
	if (*error == 0 && *(const uint32_t *)blob != bytes)
		*error = EIO;
	if (*error == 0)
		return blob;
	kmem_free(blob);
	return NULL;
}

int
command_open(uint32_t source, const char *name, uint64_t from,
    uint64_t *object, struct wire_manifest **manifest)
{
	int error;

	command = (struct wire_command){
		.op = COMMAND_OPEN,
		.source = source,
		.from = (uint32_t)from,
		.buffer_va = (uintptr_t)name,
		.buffer_bytes = name != NULL ? strlen(name) : 0,
	};
	error = command_issue();
	if (error != 0)
		return error;
	*object = command.object;
	*manifest = command_fetch(*object, FETCH_MANIFEST, &error);
	if (error != 0)
		command_close(*object, 0, CLOSE_FAILED);
	return error;
}

int
command_link(struct module *m)
{
	int error;

	command = (struct wire_command){
		.op = COMMAND_LINK,
		.object = m->mod_object,
		.module = m->mod_id,
		.buffer_va = (uintptr_t)m->mod_bases,
		.buffer_bytes = m->mod_nsegments * sizeof(*m->mod_bases),
		.missing_va = m->mod_missing,
	};
	error = command_issue();
	if (error == 0)
		m->mod_linkinfo = command_fetch(m->mod_object, FETCH_LINKINFO,
		    &error);
	return error;
}

void
command_close(uint64_t object, uint32_t module, unsigned outcome)
{
	command = (struct wire_command){
		.op = COMMAND_CLOSE,
		.what = outcome,
		.object = object,
		.module = module,
	};
	(void)command_issue();
}

/*
 * The kernel's symbol tables, as the host supplied them: one for the kernel
 * and one for each module, each sorted by address.
 */
#include "defs.h"

static struct ksyms_table kernel_table;
static struct ksyms_table *tables;

void
ksyms_init(void)
{
	if (bootinfo.symbols_pa == 0)
		return;
	kernel_table.kt_symtab =
	    (const struct wire_symtab *)KVA(bootinfo.symbols_pa);
	ksyms_add(&kernel_table);
}

void
ksyms_add(struct ksyms_table *table)
{
	unsigned s = arch_intr_disable();

	table->kt_next = tables;
	tables = table;
	arch_intr_restore(s);
}

/* A table that was never added is fine. */
void
ksyms_remove(struct ksyms_table *table)
{
	unsigned s = arch_intr_disable();

	for (struct ksyms_table **at = &tables; *at != NULL;
	    at = &(*at)->kt_next)
		if (*at == table) {
			*at = table->kt_next;
			break;
		}
	arch_intr_restore(s);
}

/* The last symbol that begins at va or before it, and reaches it. */
static const struct wire_symbol *
lookup(const struct wire_symtab *symtab, uintptr_t va)
{
	const struct wire_symbol *symbols =
	    (const struct wire_symbol *)(symtab + 1);
	uint32_t low = 0, high = symtab->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (symbols[middle].address <= va)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;

	const struct wire_symbol *found = &symbols[low - 1];

	return found->size == 0 || va - found->address < found->size ?
	    found : NULL;
}

/* Names va, which is or follows the instruction at `at`. */
static const char *
format(uintptr_t va, uintptr_t at, char *buf, size_t room)
{
	unsigned s = arch_intr_disable();
	const struct module *m = module_at(at);
	const struct wire_symbol *symbol = NULL;
	const struct ksyms_table *table = tables;
	size_t n;

	while (table != NULL && table->kt_module != m)
		table = table->kt_next;
	if (table != NULL && (m != NULL ||
	    (at >= (uintptr_t)__text_start && at < (uintptr_t)__kernel_end)))
		symbol = lookup(table->kt_symtab, at);
	if (symbol == NULL)
		n = (size_t)snprintf(buf, room, "0x%jx", (uintmax_t)va);
	else
		n = (size_t)snprintf(buf, room, "%s+0x%jx",
		    (const char *)table->kt_symtab +
		    table->kt_symtab->names + symbol->name,
		    (uintmax_t)(va - symbol->address));
	if (symbol != NULL && symbol->size != 0 && n < room)
		n += (size_t)snprintf(buf + n, room - n, "/0x%x",
		    symbol->size);
	if (m != NULL && n < room)
		snprintf(buf + n, room - n, " [%s]", m->mod_name);
	arch_intr_restore(s);
	return buf;
}

const char *
ksyms_format(uintptr_t va, char *buf, size_t room)
{
	return format(va, va, buf, room);
}

/* The call may be the last instruction of its function, and of its module. */
const char *
ksyms_format_return(uintptr_t va, char *buf, size_t room)
{
	return format(va, va - 1, buf, room);
}

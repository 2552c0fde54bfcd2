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

	/* At its very end: the return address of a call that never returns. */
	return found->size == 0 || va - found->address <= found->size ?
	    found : NULL;
}

const char *
ksyms_format(uintptr_t va, char *buf, size_t bytes)
{
	unsigned s = arch_intr_disable();
	const struct module *m = module_at(va);
	const struct wire_symbol *symbol = NULL;
	const struct ksyms_table *table = tables;

	while (table != NULL && table->kt_module != m)
		table = table->kt_next;
	if (table != NULL)
		symbol = lookup(table->kt_symtab, va);
	if (symbol == NULL)
		snprintf(buf, bytes, "0x%jx", (uintmax_t)va);
	else
		snprintf(buf, bytes, "%s+0x%jx/0x%x",
		    (const char *)table->kt_symtab +
		    table->kt_symtab->names + symbol->name,
		    (uintmax_t)(va - symbol->address), symbol->size);
	if (m != NULL) {
		size_t n = strlen(buf);

		snprintf(buf + n, bytes - n, " [%s]", m->mod_name);
	}
	arch_intr_restore(s);
	return buf;
}

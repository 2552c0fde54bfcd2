/*
 * Names for addresses.  The host supplied the symbol tables: one for the
 * kernel and one for each module, each sorted by address.
 */
#include "defs.h"

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

/* The table that has the symbols around va, or NULL. */
static const struct wire_symtab *
symtab_of(const struct module *m, uintptr_t va)
{
	if (m != NULL)
		return m->mod_symtab;
	if (bootinfo.symbols_pa == 0 || va < (uintptr_t)__text_start ||
	    va >= (uintptr_t)__kernel_end)
		return NULL;
	return (const struct wire_symtab *)KVA(bootinfo.symbols_pa);
}

const char *
ksyms_format(uintptr_t va, bool returns, char *buf, size_t room)
{
	unsigned s = arch_intr_disable();
	/* The call may be the last instruction of its function or module. */
	uintptr_t at = returns ? va - 1 : va;
	const struct module *m = module_at(at);
	const struct wire_symtab *symtab = symtab_of(m, at);
	const struct wire_symbol *symbol =
	    symtab != NULL ? lookup(symtab, at) : NULL;
	const char *name = symbol != NULL ?
	    (const char *)symtab + symtab->names + symbol->name : NULL;
	uintmax_t offset = symbol != NULL ? va - symbol->address : va;
	const char *missing = m == NULL ? module_missing(va, &m) : NULL;

	if (missing != NULL)
		snprintf(buf, room, "%s (missing)", missing);
	else if (symbol == NULL)
		snprintf(buf, room, "0x%jx", offset);
	else
		snprintf(buf, room, "%s+0x%jx/0x%x", name, offset,
		    symbol->size);
	if (m != NULL) {
		strlcat(buf, " [", room);
		strlcat(buf, m->mod_name, room);
		strlcat(buf, "]", room);
	}
	arch_intr_restore(s);
	return buf;
}

/*
 * What modules want to be told of, and what they offer to other parts of
 * Linux: kept, and taken back.  The events never happen here.
 */
#include "linux.h"

NOTIFIES("reboot notifier", register_reboot_notifier,
    unregister_reboot_notifier)
NOTIFIES_GPL("pm notifier", register_pm_notifier, unregister_pm_notifier)
NOTIFIES_GPL("die notifier", register_die_notifier, unregister_die_notifier)
NOTIFIES_GPL("keyboard notifier", register_keyboard_notifier,
    unregister_keyboard_notifier)
NOTIFIES_GPL("vt notifier", register_vt_notifier, unregister_vt_notifier)
NOTIFIES("acpi notifier", register_acpi_notifier, unregister_acpi_notifier)
NOTIFIES("memory notifier", register_memory_notifier, unregister_memory_notifier)
NOTIFIES("module notifier", register_module_notifier, unregister_module_notifier)
NOTIFIES_GPL("oom notifier", register_oom_notifier, unregister_oom_notifier)
NOTIFIES_GPL("usb notifier", usb_register_notify, usb_unregister_notify)
KEEPS_GPL("syscore operations", register_syscore_ops, unregister_syscore_ops)
KEEPS("restart handler", register_restart_handler, unregister_restart_handler)

KEEPS("file system", register_filesystem, unregister_filesystem)
KEEPS("quota format", register_quota_format, unregister_quota_format)
KEEPS("binary format", __register_binfmt, unregister_binfmt)
KEEPS("key type", register_key_type, unregister_key_type)
KEEPS("shrinker", register_shrinker, unregister_shrinker)
KEEPS_GPL("io scheduler", elv_register, elv_unregister)
KEEPS("block interface", blk_integrity_register, blk_integrity_unregister)
KEEPS("dm target", dm_register_target, dm_unregister_target)
KEEPS("md personality", register_md_personality, unregister_md_personality)

KEEPS_GPL("rpc transport", xprt_register_transport, xprt_unregister_transport)
KEEPS_GPL("kprobe", register_kprobe, unregister_kprobe)
KEEPS_GPL("kretprobe", register_kretprobe, unregister_kretprobe)
KEEPS_GPL("iscsi transport", iscsi_register_transport,
    iscsi_unregister_transport)
NOTIFIES_GPL("power supply notifier", power_supply_reg_notifier,
    power_supply_unreg_notifier)
NOTIFIES_GPL("dca notifier", dca_register_notify, dca_unregister_notify)
NOTIFIES_GPL("edac notifier", mce_register_decode_chain, mce_unregister_decode_chain)

/* -- Into a chain of the module's or the kernel's. */

#define CHAIN(kind)							\
	LINUX_GPL(int, kind##_notifier_chain_register,			\
	    (void *chain, void *notifier))				\
	{								\
		return registry_add(#kind " notifier", notifier, NULL,	\
		    CALLER);						\
	}								\
	LINUX_GPL(int, kind##_notifier_chain_unregister,		\
	    (void *chain, void *notifier))				\
	{								\
		return ledger_take(#kind " notifier", notifier) ?	\
		    0 : -ENOENT;					\
	}

CHAIN(atomic)
CHAIN(blocking)
CHAIN(raw)

LINUX_GPL(int, bus_register_notifier, (void *bus, void *notifier))
{
	return registry_add("bus notifier", notifier, NULL, CALLER);
}

LINUX_GPL(int, bus_unregister_notifier, (void *bus, void *notifier))
{
	return ledger_take("bus notifier", notifier) ? 0 : -ENOENT;
}

/* -- Terminals: the discipline is the argument, or what belongs to a number. */

KEEPS("tty driver", tty_register_driver, tty_unregister_driver)
KEEPS("tty line discipline", tty_register_ldisc, tty_unregister_ldisc)

/*
 * Drivers and buses.  The machine has no devices for them: a driver that is
 * registered waits for one that never comes, as on a computer without that
 * hardware.
 */
#include "linux.h"

KEEPS_GPL("driver", driver_register, driver_unregister)
KEEPS_GPL("platform driver", __platform_driver_register,
    platform_driver_unregister)
KEEPS("pci driver", __pci_register_driver, pci_unregister_driver)
KEEPS_GPL("usb driver", usb_register_driver, usb_deregister)
KEEPS_GPL("hid driver", __hid_register_driver, hid_unregister_driver)
KEEPS("serio driver", __serio_register_driver, serio_unregister_driver)
KEEPS("acpi driver", acpi_bus_register_driver, acpi_bus_unregister_driver)
KEEPS("pnp driver", pnp_register_driver, pnp_unregister_driver)
KEEPS("pnp card driver", pnp_register_card_driver,
    pnp_unregister_card_driver)
KEEPS_GPL("sdio driver", sdio_register_driver, sdio_unregister_driver)
KEEPS_GPL("virtio driver", register_virtio_driver, unregister_virtio_driver)
KEEPS_GPL("auxiliary driver", __auxiliary_driver_register,
    auxiliary_driver_unregister)

KEEPS("amba driver", amba_driver_register, amba_driver_unregister)
KEEPS("gameport driver", __gameport_register_driver,
    gameport_unregister_driver)
KEEPS_GPL("bus", bus_register, bus_unregister)
KEEPS_GPL("class", __class_register, class_unregister)
KEEPS_GPL("class interface", class_interface_register,
    class_interface_unregister)
KEEPS_GPL("transport class", transport_class_register,
    transport_class_unregister)
KEEPS_GPL("attribute container", attribute_container_register,
    attribute_container_unregister)
KEEPS_GPL("cpufreq driver", cpufreq_register_driver,
    cpufreq_unregister_driver)
KEEPS_GPL("cpufreq governor", cpufreq_register_governor,
    cpufreq_unregister_governor)
KEEPS_GPL("random number generator", hwrng_register, hwrng_unregister)
KEEPS("input handler", input_register_handler, input_unregister_handler)
KEEPS_GPL("led trigger", led_trigger_register, led_trigger_unregister)
REGISTERS("driver", scsi_register_driver)
KEEPS("mdio driver", mdio_driver_register, mdio_driver_unregister)
KEEPS("frame buffer", register_framebuffer, unregister_framebuffer)
KEEPS("console", register_console, unregister_console)
KEEPS_GPL("rc keymap", rc_map_register, rc_map_unregister)
KEEPS("watchdog governor", watchdog_register_governor,
    watchdog_unregister_governor)

/* -- Those whose driver is not the first argument. */

LINUX(int, i2c_register_driver, (void *owner, void *driver))
{
	return registry_add("i2c driver", driver, NULL, CALLER);
}

UNREGISTERS("i2c driver", i2c_del_driver)

/* Some are taken back with driver_unregister(&x->driver), inline. */
struct spi_driver {
	void	*id_table, *probe, *remove, *shutdown;
	char	driver[];
};

LINUX_GPL(int, __spi_register_driver, (void *owner, struct spi_driver *spi))
{
	return registry_add("driver", spi->driver, NULL, CALLER);
}

LINUX_GPL(int, __serdev_device_driver_register, (void *driver, void *owner))
{
	return registry_add("driver", driver, NULL, CALLER);
}

/* Binds at once or never. */
LINUX_GPL(int, __platform_driver_probe, (void *driver, void *probe, void *owner))
{
	return inject_failure(CALLER) ? -ENOMEM : -L_ENODEV;
}

/* Arrays of drivers of a size that only the caller knows: kept as one. */
LINUX(int, phy_drivers_register, (void *drivers, int n, void *owner))
{
	return registry_add("phy drivers", drivers, NULL, CALLER);
}

LINUX(void, phy_drivers_unregister, (void *drivers, int n))
{
	(void)registry_remove("phy drivers", drivers, CALLER);
}

LINUX_GPL(int, __platform_register_drivers,
    (void *const *drivers, unsigned n, void *owner))
{
	for (unsigned i = 0; i < n; i++) {
		int error = registry_add("platform driver", drivers[i], NULL,
		    CALLER);

		if (error == 0)
			continue;
		while (i-- > 0)
			(void)registry_remove("platform driver", drivers[i],
			    CALLER);
		return error;
	}
	return 0;
}

LINUX_GPL(void, platform_unregister_drivers, (void *const *drivers, unsigned n))
{
	while (n-- > 0)
		(void)registry_remove("platform driver", drivers[n], CALLER);
}

/* -- There is nothing on any bus. */

LINUX_GPL(int, driver_attach, (void *driver))
{
	return 0;
}

LINUX_GPL(int, usb_disabled, (void))
{
	return 0;
}

LINUX_GPL(int, bus_for_each_dev, (void *bus, void *from, void *data, void *fn))
{
	return 0;
}

LINUX_GPL(int, bus_for_each_drv, (void *bus, void *from, void *data, void *fn))
{
	return 0;
}

LINUX_GPL(void *, bus_find_device,
    (void *bus, void *from, const void *data, void *match))
{
	return NULL;
}

LINUX(void *, pci_get_device,
    (unsigned vendor, unsigned device, void *from))
{
	return NULL;
}

LINUX(void *, pci_get_subsys, (unsigned vendor, unsigned device,
    unsigned subvendor, unsigned subdevice, void *from))
{
	return NULL;
}

LINUX(void *, pci_get_class, (unsigned class, void *from))
{
	return NULL;
}

LINUX(void *, pci_get_domain_bus_and_slot,
    (int domain, unsigned bus, unsigned devfn))
{
	return NULL;
}

LINUX(void *, pci_find_bus, (int domain, int bus))
{
	return NULL;
}

LINUX(int, pci_dev_present, (const void *ids))
{
	return 0;
}

LINUX(void, pci_dev_put, (void *device))
{
}

/* -- Firmware tables: there are none. */

LINUX(int, dmi_check_system, (const void *list))
{
	return 0;
}

LINUX(const void *, dmi_first_match, (const void *list))
{
	return NULL;
}

LINUX(const char *, dmi_get_system_info, (int field))
{
	return NULL;
}

LINUX(bool, dmi_name_in_vendors, (const char *name))
{
	return false;
}

LINUX(const void *, dmi_find_device,
    (int type, const char *name, const void *from))
{
	return NULL;
}

static int linux_acpi_disabled = 1;
EXPORT_LINUX("acpi_disabled", linux_acpi_disabled);

LINUX_GPL(int, register_acpi_bus_type, (void *type))
{
	return -L_ENODEV;
}

LINUX_GPL(int, unregister_acpi_bus_type, (void *type))
{
	return -L_ENODEV;
}

LINUX_GPL(int, driver_create_file, (void *driver, const void *attribute))
{
	return inject_failure(CALLER) ? -ENOMEM : 0;
}

LINUX_GPL(void, driver_remove_file, (void *driver, const void *attribute))
{
}

KEEPS("anonymous transport class", anon_transport_class_register,
    anon_transport_class_unregister)

/* Nobody offers channels. */
LINUX(void, dmaengine_get, (void))
{
}

LINUX(void, dmaengine_put, (void))
{
}

struct cb_id {
	uint32_t	idx, val;
};

static const void *
connector_key(const struct cb_id *id)
{
	return (const void *)(uintptr_t)(id->idx << 16 ^ id->val);
}

LINUX_GPL(int, cn_add_callback,
    (const struct cb_id *id, const char *name, void *fn))
{
	return registry_add("connector callback", connector_key(id), name,
	    CALLER);
}

LINUX_GPL(void, cn_del_callback, (const struct cb_id *id))
{
	(void)registry_remove("connector callback", connector_key(id), CALLER);
}

LINUX_GPL(bool, hv_is_hyperv_initialized, (void))
{
	return false;
}

static int linux_xen_domain_type;
EXPORT_LINUX_GPL("xen_domain_type", linux_xen_domain_type);

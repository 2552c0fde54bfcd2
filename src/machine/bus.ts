// The device bus: one 4 KiB page for each device.

import type { DeviceWindow } from '../engine/hooks.ts';
import type { Device } from './devices/device.ts';

const PAGE = 0x1000;

/** Routes accesses in the device window; allocates nothing per access. */
export function bus(devices: ReadonlyMap<number, Device>): DeviceWindow {
  const pages: (Device | undefined)[] = [];
  for (const [offset, device] of devices) pages[offset / PAGE] = device;
  return {
    read: (offset) => pages[offset >>> 12]?.read(offset & (PAGE - 1)) ?? 0,
    write: (offset, _size, value) => pages[offset >>> 12]?.write(offset & (PAGE - 1), value),
  };
}

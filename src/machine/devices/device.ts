// What a device is to the bus: registers of 32 bits at byte offsets within its
// page.  A device that is not there reads as zero and ignores writes; so do
// registers that are not.

export interface Device {
  readonly name: string;
  read(register: number): number;
  write(register: number, value: number): void;
}

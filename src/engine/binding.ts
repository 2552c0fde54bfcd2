// libunicorn's C functions through koffi, typed.  Pointers are bigint.  Nothing
// here has an opinion; the traps are handled in engine.ts.

import koffi, { type TypeObject } from 'koffi';

export type Pointer = bigint;

export interface Binding {
  readonly path: string;
  /** uc_version(): 0x020104ff is 2.1.4. */
  readonly version: number;
  readonly emuStopAddress: Pointer;
  open(arch: number, mode: number, out: [Pointer | null]): number;
  close(uc: Pointer): number;
  strerror(code: number): string;
  memMapPtr(uc: Pointer, address: bigint, size: bigint, prot: number, host: Pointer): number;
  mmioMap(
    uc: Pointer,
    address: bigint,
    size: bigint,
    read: Pointer,
    readData: null,
    write: Pointer,
    writeData: null,
  ): number;
  regRead(uc: Pointer, id: number, value: Pointer): number;
  regWrite(uc: Pointer, id: number, value: Pointer): number;
  emuStart(uc: Pointer, begin: bigint, until: bigint, timeout: bigint, count: number): number;
  emuStop(uc: Pointer): number;
  hookAdd(
    uc: Pointer,
    hook: [Pointer | null],
    type: number,
    callback: Pointer,
    data: Pointer | null,
    begin: bigint,
    end: bigint,
  ): number;
  hookDelete(uc: Pointer, hook: Pointer): number;
  ctl(uc: Pointer, control: number, ...args: unknown[]): number;
  contextAlloc(uc: Pointer, out: [Pointer | null]): number;
  contextSize(uc: Pointer): number;
  contextSave(uc: Pointer, context: Pointer): number;
  contextRestore(uc: Pointer, context: Pointer): number;
  contextFree(context: Pointer): number;
}

type CallbackKind = 'interrupt' | 'block' | 'invalid' | 'memory' | 'mmioRead' | 'mmioWrite';

const callbacks: Readonly<Record<CallbackKind, TypeObject>> = {
  interrupt: koffi.proto('void modbox_interrupt(void *uc, uint32_t number, void *data)'),
  block: koffi.proto('void modbox_block(void *uc, uint64_t address, uint32_t size, void *data)'),
  memory: koffi.proto(
    'void modbox_memory(void *uc, int type, uint64_t address, int size, int64_t value, void *data)',
  ),
  invalid: koffi.proto('bool modbox_invalid(void *uc, void *data)'),
  mmioRead: koffi.proto(
    'uint64_t modbox_read(void *uc, uint64_t offset, uint32_t size, void *data)',
  ),
  mmioWrite: koffi.proto(
    'void modbox_write(void *uc, uint64_t offset, uint32_t size, uint64_t value, void *data)',
  ),
};

/** Turns a function into a C function pointer of the callback type. */
export function registerCallback<A extends readonly unknown[], R>(
  kind: CallbackKind,
  callback: (...args: A) => R,
): Pointer {
  return koffi.register(callback, koffi.pointer(callbacks[kind]));
}

export function unregisterCallback(pointer: Pointer): void {
  koffi.unregister(pointer);
}

/** `bytes` zeroed bytes outside the garbage collector, and a view of them. */
export function allocate(bytes: number): { pointer: Pointer; view: ArrayBuffer } {
  const pointer: Pointer = koffi.alloc('uint8_t', bytes);
  return { pointer, view: koffi.view(pointer, bytes) };
}

export function release(pointer: Pointer): void {
  koffi.free(pointer);
}

/** A view of `bytes` bytes that C owns. */
export function viewOf(pointer: Pointer, bytes: number): ArrayBuffer {
  return koffi.view(pointer, bytes);
}

const loaded = new Map<string, Binding>();

/**
 * Loads the library at `path`, once per process.
 * @throws when it cannot be loaded or is no libunicorn; the caller explains
 */
export function loadBinding(path: string): Binding {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const lib = koffi.load(path);
  const version: number = lib.func('unsigned int uc_version(void *, void *)')(null, null);
  const binding: Binding = {
    path,
    version,
    emuStopAddress: lib.symbol('uc_emu_stop'),
    open: lib.func('int uc_open(int, int, _Out_ void **)'),
    close: lib.func('int uc_close(void *)'),
    strerror: lib.func('const char *uc_strerror(int)'),
    memMapPtr: lib.func('int uc_mem_map_ptr(void *, uint64_t, uint64_t, uint32_t, void *)'),
    mmioMap: lib.func(
      'int uc_mmio_map(void *, uint64_t, uint64_t, void *, void *, void *, void *)',
    ),
    regRead: lib.func('int uc_reg_read(void *, int, void *)'),
    regWrite: lib.func('int uc_reg_write(void *, int, void *)'),
    emuStart: lib.func('int uc_emu_start(void *, uint64_t, uint64_t, uint64_t, size_t)'),
    emuStop: lib.func('int uc_emu_stop(void *)'),
    hookAdd: lib.func(
      'int uc_hook_add(void *, _Out_ void **, int, void *, void *, uint64_t, uint64_t)',
    ),
    hookDelete: lib.func('int uc_hook_del(void *, uintptr_t)'),
    ctl: lib.func('int uc_ctl(void *, int, ...)'),
    contextAlloc: lib.func('int uc_context_alloc(void *, _Out_ void **)'),
    contextSize: lib.func('size_t uc_context_size(void *)'),
    contextSave: lib.func('int uc_context_save(void *, void *)'),
    contextRestore: lib.func('int uc_context_restore(void *, void *)'),
    contextFree: lib.func('int uc_context_free(void *)'),
  };
  loaded.set(path, binding);
  return binding;
}

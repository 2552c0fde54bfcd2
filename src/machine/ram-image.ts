// What RAM held at a moment, page by page.  Images share the pages that did not
// change between them, so a snapshot costs what was written since the last one.

const PAGE = 4096;
const ZERO = new Uint8Array(PAGE);

export interface RamImage {
  /** By page; undefined: all zero. */
  readonly pages: readonly (Uint8Array | undefined)[];
  /** Pages that no older image has. */
  readonly fresh: number;
}

/**
 * @param touched non-zero for each page that may not be zero
 * @param since an image of the same RAM, the closer the better
 */
export function captureRam(ram: Uint8Array, touched: Uint8Array, since?: RamImage): RamImage {
  const pages: (Uint8Array | undefined)[] = new Array(ram.length / PAGE);
  let fresh = 0;
  for (let i = 0; i < pages.length; i++) {
    if (touched[i] === 0) continue;
    const page = ram.subarray(i * PAGE, (i + 1) * PAGE);
    const known = since?.pages[i];
    if (Buffer.compare(page, known ?? ZERO) === 0) {
      pages[i] = known;
    } else {
      pages[i] = page.slice();
      fresh++;
    }
  }
  return { pages, fresh };
}

/** Makes RAM what it was; answers how many pages had to change. */
export function restoreRam(ram: Uint8Array, touched: Uint8Array, image: RamImage): number {
  let changed = 0;
  for (let i = 0; i < image.pages.length; i++) {
    const wanted = image.pages[i];
    if (touched[i] === 0 && wanted === undefined) continue;
    const page = ram.subarray(i * PAGE, (i + 1) * PAGE);
    if (Buffer.compare(page, wanted ?? ZERO) === 0) continue;
    page.set(wanted ?? ZERO);
    changed++;
  }
  return changed;
}

// What RAM held at a moment, page by page.  Images share the pages that did not
// change between them, so a snapshot costs what was written since the last one.

const PAGE = 4096;
const ZERO = new Uint8Array(PAGE);

export interface RamImage {
  /** By page; one that is not there is all zero. */
  readonly pages: ReadonlyMap<number, Uint8Array>;
  /** Pages that no older image has. */
  readonly fresh: number;
}

/**
 * @param touched non-zero for each page that may not be zero
 * @param since an image of the same RAM, the closer the better
 */
export function captureRam(ram: Uint8Array, touched: Uint8Array, since?: RamImage): RamImage {
  const pages = new Map<number, Uint8Array>();
  let fresh = 0;
  for (let i = 0; i < touched.length; i++) {
    if (touched[i] === 0) continue;
    const page = ram.subarray(i * PAGE, (i + 1) * PAGE);
    const known = since?.pages.get(i);
    if (Buffer.compare(page, known ?? ZERO) !== 0) {
      pages.set(i, page.slice());
      fresh++;
    } else if (known !== undefined) {
      pages.set(i, known);
    }
  }
  return { pages, fresh };
}

/** Makes RAM what it was; answers the pages that had to change. */
export function restoreRam(
  ram: Uint8Array,
  touched: Uint8Array,
  image: RamImage,
): ReadonlySet<number> {
  const changed = new Set<number>();
  for (let i = 0; i < touched.length; i++) {
    if (touched[i] === 0) continue;
    const wanted = image.pages.get(i) ?? ZERO;
    const page = ram.subarray(i * PAGE, (i + 1) * PAGE);
    if (Buffer.compare(page, wanted) === 0) continue;
    page.set(wanted);
    changed.add(i);
  }
  return changed;
}

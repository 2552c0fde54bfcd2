// The memory that the block callback works on, in machine code or in JavaScript.

/** What is where, in words of 32 bits; what is of 64 bits has the low half first. */
export const CELL = {
  /** Bytes left; negative when the last block was larger. */
  left: 0,
  /** Non-zero once the callback has stopped the CPU. */
  stopped: 1,
  /** Bytes of code in the last block, once blocks are noted. */
  blockBytes: 2,
  /** Its address. */
  blockAddress: 4,
  /** Blocks that begin in so many bytes from there are recorded. */
  windowBase: 6,
  windowBytes: 8,
  /** Where the record of the first byte is: two bytes for each byte of code. */
  words: 10,
  /** The record of the block that runs; 0: it is not in the window, or none runs. */
  entry: 12,
  /** Where that block ends. */
  end: 14,
  /** What its record was before. */
  before: 16,
} as const;

export const CELL_BYTES = 72;

/** What a record holds: how the block there was left, and its size in bytes. */
export const RECORD = {
  /** To the code behind it. */
  fell: 0x8000,
  /** To anywhere else. */
  jumped: 0x4000,
  /** 0: it never ran.  No block is larger. */
  bytes: 0x3fff,
} as const;

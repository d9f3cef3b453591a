// Texts into a vector of DuckDB's, all rows at once. A call per text costs more than the text: so the vector is given one
// text that all of them are parts of, and its rows are then written as DuckDB keeps them (`duckdb_string_t` of its C
// interface): a length, and up to 12 bytes, or the first four and where all of them are.
import duckdb, { type Vector } from "@duckdb/node-bindings";

const slotBytes = 16;
const mostInline = 12;
const twoTo32 = 2 ** 32;

/** Slots of a chunk, filled anew for each. */
let words = new Uint32Array(4 * 2048);
let slots = new Uint8Array(words.buffer);

/** Rows of UTF-8, one after the other in `bytes`. */
export interface Texts {
  readonly bytes: Uint8Array;
  /** Where each row ends, which is where the next one begins. */
  readonly ends: Uint32Array;
}

/** `count` rows from `start` on into a vector that has room for them. */
export function assignTexts(vector: Vector, { bytes, ends }: Texts, start: number, count: number): void {
  const first = start === 0 ? 0 : (ends[start - 1] ?? 0);
  const length = (ends[start + count - 1] ?? first) - first;
  const isAnyLong = length > mostInline;
  if (isAnyLong) duckdb.vector_assign_string_element_len(vector, 0, bytes.subarray(first, first + length));
  // Where DuckDB put them: the last 8 bytes of the slot.
  const given = isAnyLong ? duckdb.vector_get_data(vector, slotBytes) : new Uint8Array(slotBytes);
  const address = new DataView(given.buffer, given.byteOffset, slotBytes);
  fillSlots({ bytes, ends }, start, count, {
    first,
    low: address.getUint32(8, true),
    high: address.getUint32(12, true),
  });
  duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, slotBytes * count);
}

/** Where in `bytes` the first row begins, and its address there: `high` · 2^32 + `low`. */
interface Begin {
  readonly first: number;
  readonly low: number;
  readonly high: number;
}

function fillSlots({ bytes, ends }: Texts, start: number, count: number, { first, low, high }: Begin): void {
  if (words.length < 4 * count) {
    words = new Uint32Array(4 * count);
    slots = new Uint8Array(words.buffer);
  }
  for (let row = 0, from = first; row < count; row++) {
    const to = ends[start + row] ?? from;
    const length = to - from;
    const word = 4 * row;
    words[word] = length;
    words[word + 1] = words[word + 2] = words[word + 3] = 0;
    const slot = slotBytes * row + 4;
    const here = length <= mostInline ? length : 4;
    for (let at = 0; at < here; at++) slots[slot + at] = bytes[from + at] ?? 0;
    if (length > mostInline) {
      const lower = low + (from - first);
      words[word + 2] = lower;
      words[word + 3] = lower >= twoTo32 ? high + 1 : high;
    }
    from = to;
  }
}

// What the index says of one block as it is read, and whether it is what can be kept.
import { shardSizes, trigramByteCount } from "./search-grams.js";
import { KeptBlock } from "./search-kept-block.js";
import { KeptTexts, type NamedText } from "./search-kept-texts.js";

/** Shards of five bytes and of four letters. */
const mostShards = 160;
/** Of all blocks: what is asked is looked for in each of them. */
const mostTexts = 32_768;

interface ReadText {
  readonly text: NamedText;
  readonly positions: Uint8Array;
}

export class ReadBlock {
  readonly #shards: (Uint8Array | undefined)[] = [];
  readonly #trigrams: Uint8Array | undefined;
  readonly #texts: ReadText[] = [];
  #isOdd = false;

  /** As the file has them, once. */
  constructor([trigrams, ...others]: readonly (Uint8Array | undefined)[]) {
    if (trigrams?.length === trigramByteCount && others.length === 0) this.#trigrams = trigrams;
  }

  /** In ascending order. */
  addShard(shard: number, bits: Uint8Array | undefined): void {
    const isExpected = bits !== undefined && shardSizes.includes(bits.length);
    if (!isExpected || shard < this.#shards.length || shard >= mostShards) this.#isOdd = true;
    else this.#shards[shard] = bits;
  }

  addText(text: NamedText | undefined, positions: Uint8Array | undefined): void {
    if (text === undefined || positions === undefined) this.#isOdd = true;
    else this.#texts.push({ text, positions });
  }

  /** What it takes to keep it, where some texts are kept already; undefined where it cannot be. */
  bytesIn(texts: KeptTexts): number | undefined {
    if (this.#isOdd || this.#trigrams === undefined) return undefined;
    const further = this.#texts.filter(({ text }) => texts.idOf(text) === undefined);
    if (texts.count + further.length > mostTexts) return undefined;
    const ofShards = this.#shards.reduce((sum, bits) => sum + (bits?.length ?? 0), 0);
    const ofTexts = this.#texts.reduce((sum, { positions }) => sum + positions.length + 8, 0);
    const named = further.reduce((sum, { text }) => sum + KeptTexts.bytesOf(text), 0);
    return ofShards + trigramByteCount + ofTexts + named + 4 * mostShards;
  }

  /** Where `bytesIn` says that it can be. */
  keptIn(texts: KeptTexts): KeptBlock {
    const [cells, shardStarts] = joined(Array.from({ length: mostShards }, (_, shard) => this.#shards[shard]));
    const [positions, positionStarts] = joined(this.#texts.map((one) => one.positions));
    const ids = this.#texts.map(({ text }) => texts.idOf(text) ?? texts.add(text));
    const trigrams = this.#trigrams ?? new Uint8Array();
    return new KeptBlock(cells, shardStarts, trigrams.slice(), Uint32Array.from(ids), positions, positionStarts);
  }
}

/** One behind the other, and where each begins and the last ends. */
function joined(parts: readonly (Uint8Array | undefined)[]): readonly [Uint8Array, Uint32Array] {
  const starts = new Uint32Array(parts.length + 1);
  for (const [at, part] of parts.entries()) starts[at + 1] = (starts[at] ?? 0) + (part?.length ?? 0);
  const all = new Uint8Array(starts[parts.length] ?? 0);
  for (const [at, part] of parts.entries()) if (part !== undefined) all.set(part, starts[at]);
  return [all, starts];
}

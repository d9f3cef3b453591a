// Spans as tests write them: `from-to`, indented below their parent; without `to` one is open.
import { randomFrom } from "../../shared/base/random.test-support.js";
import type { PathSpan } from "./critical-path.js";

export function spansOf(text: string): readonly PathSpan[] {
  const above: number[] = [];
  return text
    .trim()
    .split("\n")
    .map((line, row): PathSpan => {
      const [, indent = "", from = "", to = ""] = /^( *)(\d+)-(\d*)$/.exec(line) ?? [];
      above.length = indent.length / 2;
      const parent = above.at(-1);
      above.push(row);
      return { parent, startNs: Number(from), endNs: to === "" ? NaN : Number(to) };
    });
}

/** Small trees in which children run at once, outlive their parents, begin before them and stay open. */
export function* randomTrees(seed: number, trees: number): Generator<readonly PathSpan[]> {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  for (let left = trees; left > 0; left--) {
    const spans: PathSpan[] = [{ parent: undefined, startNs: 0, endNs: below(8) === 0 ? NaN : 40 }];
    for (let more = below(12); more > 0; more--) {
      const parent = below(spans.length);
      const startNs = (spans[parent]?.startNs ?? 0) + below(20) - 2;
      const endNs = below(8) === 0 ? NaN : startNs + below(25);
      spans.push({ parent, startNs, endNs });
    }
    yield spans;
  }
}

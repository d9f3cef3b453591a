// Seeded damage to the bytes of a recording: what disks, copies that broke off and people with an editor do to files.
import { randomFrom } from "../../src/shared/base/random.test-support.js";

export const damages = ["flipped bits", "cut off", "junk", "blocks changed places", "junk in its head"] as const;
export type Damage = (typeof damages)[number];

/** The sample's file: three headers, then blocks of this size. */
const headBytes = 3 * 4096;
const blockBytes = 64 * 1024;

export function damaged(whole: Uint8Array, kind: Damage, seed: number): Uint8Array {
  const random = randomFrom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  const bytes = Uint8Array.from(whole);
  const blocks = Math.floor((bytes.length - headBytes) / blockBytes);
  switch (kind) {
    case "flipped bits":
      for (let left = 1 + below(20); left > 0; left--) {
        const at = below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      }
      return bytes;
    case "cut off":
      return bytes.subarray(0, below(bytes.length));
    case "junk":
      for (let at = headBytes + below(bytes.length - headBytes), left = 4096; left > 0; left--, at++)
        bytes[at] = below(256);
      return bytes;
    case "blocks changed places": {
      // Each block keeps its own checksum: only what refers to it notices.
      const [one, other] = [headBytes + below(blocks) * blockBytes, headBytes + below(blocks) * blockBytes];
      bytes.set(whole.subarray(one, one + blockBytes), other);
      bytes.set(whole.subarray(other, other + blockBytes), one);
      return bytes;
    }
    case "junk in its head":
      for (let at = below(headBytes - 16), left = 16; left > 0; left--, at++) bytes[at] = below(256);
      return bytes;
  }
}

// When incidents begin and end, in seconds from the start of the load: as said (`pool-exhaustion@3-8`), or at random.
import { randomFrom } from "../common/random.mjs";
import { incidentTable } from "./incident-table.mjs";

const kinds = Object.keys(incidentTable);

/** @param {string[]} wanted @returns {{ kind: string, from: number, to: number }[]} */
export function scheduleOf(wanted, seconds, seed) {
  return wanted.flatMap((text) => (text === "random" ? atRandom(seconds, seed) : [asSaid(text, seconds)]));
}

function asSaid(text, seconds) {
  const [, kind, from, to] = /^([a-z-]+)(?:@([\d.]+)(?:-([\d.]+))?)?$/.exec(text) ?? [];
  if (!kinds.includes(kind)) throw new Error(`no incident is called ${text}; there are: ${kinds.join(", ")}, random`);
  const begin = from === undefined ? seconds * 0.3 : Number(from);
  return { kind, from: begin, to: to === undefined ? begin + seconds * 0.4 : Number(to) };
}

/** One after the other, with some peace between them; each kind once before any comes again. */
function atRandom(seconds, seed) {
  const random = randomFrom(seed ^ 0x5eed);
  const incidents = [];
  let left = [];
  for (let at = 3 + random() * 3; ;) {
    const to = at + 8 + random() * 6;
    if (to > seconds - 1) return incidents;
    if (left.length === 0) left = [...kinds];
    const [kind] = left.splice(Math.floor(random() * left.length), 1);
    incidents.push({ kind, from: at, to });
    at = to + 3 + random() * 4;
  }
}

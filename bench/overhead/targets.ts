// The services of one process that are compared, and what they are asked.
import { join } from "node:path";
import { repositoryRoot } from "../../tools/run-step.js";
import type { Request, Target } from "./target.js";

const program = (name: string): string => join(repositoryRoot, "bench/programs", name);

/** Nine look-ups to one order. */
const shopRequests: readonly Request[] = [
  ...Array.from({ length: 9 }, (_, n): Request => ({ method: "GET", path: `/items/${n * 37}` })),
  { method: "POST", path: "/orders", body: JSON.stringify({ items: ["1", "20", "300"] }) },
];

export const targets: readonly Target[] = [
  { name: "express", file: program("overhead-express.cjs"), requests: () => Promise.resolve(shopRequests) },
  { name: "fastify", file: program("overhead-fastify.cjs"), requests: () => Promise.resolve(shopRequests) },
];

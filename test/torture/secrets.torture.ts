// Secrets of many seeds, planted and looked for.
import { describe, vi } from "vitest";

const seeds = process.env["TORTURE"] === "full" ? 50 : 5;

for (let seed = 1; seed <= seeds; seed++)
  describe(`seed ${seed}`, async () => {
    process.env["SECRETS_SEED"] = String(seed);
    vi.resetModules();
    await import("../integration/secrets.test.js");
  });

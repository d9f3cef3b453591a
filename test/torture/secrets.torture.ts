// Secrets of many seeds, planted and looked for. Only the seed they are made from is put in the place of the gate's.
import { describe, vi } from "vitest";
import type * as Planted from "../integration/planted-secrets.js";

const seeds = process.env["TORTURE"] === "full" ? 50 : 5;

for (let seed = 1; seed <= seeds; seed++)
  describe(`seed ${seed}`, async () => {
    vi.doMock("../integration/planted-secrets.js", async (importActual) => {
      const actual = await importActual<typeof Planted>();
      return { ...actual, plantedSecrets: () => actual.plantedSecrets(seed) };
    });
    vi.resetModules();
    await import("../integration/secrets.test.js");
  });

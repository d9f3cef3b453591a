import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareCacheFolder, sweepCacheFolder } from "./cache-folder.js";

describe("the folder that agents keep things in", () => {
  it("is made for the user alone, and loses what nobody used for long, and what has no room, oldest first", async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "hindcast-cache-")), "deep", "cache");
    try {
      await prepareCacheFolder(folder);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      const [now, day] = [Date.now(), 24 * 3600 * 1000];
      for (const [name, days] of Object.entries({ today: 0, yesterday: 1, before: 2, earlier: 3, ancient: 31 })) {
        writeFileSync(join(folder, name), "x".repeat(100));
        const used = new Date(now - days * day);
        utimesSync(join(folder, name), used, used);
      }
      await sweepCacheFolder(folder, now + 1000, 1000);
      expect(readdirSync(folder).toSorted()).toEqual(["before", "earlier", "today", "yesterday"]);
      await sweepCacheFolder(folder, now + 1000, 250);
      expect(readdirSync(folder).toSorted()).toEqual(["today", "yesterday"]);
    } finally {
      rmSync(join(folder, "../.."), { recursive: true, force: true });
    }
  });

  it("may be impossible to make", async () => {
    await expect(prepareCacheFolder("/dev/null/cache")).resolves.toBeUndefined();
    await expect(prepareCacheFolder(undefined)).resolves.toBeUndefined();
  });
});

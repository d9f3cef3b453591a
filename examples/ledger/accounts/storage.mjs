// What accounts survive a restart by: every operation, in order, as JSON lines in a file. A connection has `append(operation)`,
// `flush()` and `close()`.
import { createReadStream, existsSync, mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** In `folder`. */
export async function openStorage(folder) {
  // Without a folder nothing is kept, as in a test.
  if (folder === undefined) return { kind: "memory", operations: async function* () {}, connect: async () => nowhere };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "operations.jsonl");
  return {
    kind: "file",
    async *operations() {
      if (!existsSync(file)) return;
      for await (const line of createInterface({ input: createReadStream(file) })) yield JSON.parse(line);
    },
    async connect() {
      const handle = await open(file, "a");
      return {
        append: (operation) => handle.appendFile(`${JSON.stringify(operation)}\n`),
        flush: () => handle.sync(),
        close: () => handle.close(),
      };
    },
  };
}

const nowhere = { append: async () => undefined, flush: async () => undefined, close: async () => undefined };

// How many bytes are in a folder in which something grows, told with how far the work on it is.
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Asker, CallProgress } from "../../shared/base/asker.js";

const lookEveryMs = 250;

/** `quiet`: looks no more. */
export function tellingBytes(asker: Asker, folder: string): { readonly asker: Asker; readonly quiet: () => void } {
  let bytes = 0;
  let latest: CallProgress | undefined;
  const timer = setInterval(() => {
    void bytesIn(folder).then((now) => {
      bytes = now;
      if (latest !== undefined) asker.tell({ ...latest, bytes });
    });
  }, lookEveryMs);
  const tell = (told: CallProgress): void => {
    latest = told;
    asker.tell({ ...told, bytes });
  };
  return { asker: { signal: asker.signal, tell }, quiet: () => clearInterval(timer) };
}

/** What vanishes meanwhile is nothing. */
async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map(async (name) => {
      const about = await stat(join(folder, name)).catch(() => undefined);
      return about?.isFile() === true ? about.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

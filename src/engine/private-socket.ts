// Sockets in a private folder (a named pipe on Windows), for this user only.
import { randomBytes } from "node:crypto";
import { chmod, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { join } from "node:path";

export interface SocketAddress {
  readonly socketPath: string;
  /** Whoever connects has to know it. */
  readonly token: string;
}

export const newSocketAddress = (folder: string, name: string): SocketAddress => ({
  socketPath:
    process.platform === "win32"
      ? `\\\\.\\pipe\\hindcast-${name}-${randomBytes(16).toString("hex")}`
      : join(folder, `${name}.sock`),
  token: randomBytes(32).toString("hex"),
});

/** What an engine that was killed left at the path gives way. */
export async function listenAt(server: Server, path: string): Promise<void> {
  if (process.platform !== "win32") await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
  if (process.platform !== "win32") await chmod(path, 0o600);
}

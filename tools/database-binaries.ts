// The database servers that tests start for themselves: where their programs are, and Debian's packages of them.
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall, mayUseApt } from "./apt.js";

const servers = {
  postgresql: { program: "postgres", packageName: "postgresql" },
  redis: { program: "redis-server", packageName: "redis-server" },
  mariadb: { program: "mariadbd", packageName: "mariadb-server" },
} as const;

export type DatabaseServer = keyof typeof servers;
export const databaseServers: readonly DatabaseServer[] = ["postgresql", "redis", "mariadb"];

/** Debian keeps each version of PostgreSQL in a folder of its own, off the path. */
function folders(): readonly string[] {
  const versions = "/usr/lib/postgresql";
  const debian = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, "bin")) : [];
  return [...debian.reverse(), ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
}

/** The folder that holds the server's program and those that belong to it. */
export function serverFolder(server: DatabaseServer): string | undefined {
  return folders().find((folder) => existsSync(join(folder, servers[server].program)));
}

/** As root, on Debian and its kin; elsewhere the tests that need one say that they were not run. */
export function installDatabaseServers(): void {
  if (!mayUseApt()) return;
  for (const server of databaseServers) if (serverFolder(server) === undefined) aptInstall(servers[server].packageName);
}

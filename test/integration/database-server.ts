// Real database servers for tests, each with a folder, a port and a data directory of its own, gone afterwards.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type DatabaseServer, serverFolder } from "../../tools/database-binaries.js";

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Why tests of it cannot be run here; where everything is to be run, as in CI on Linux, that is no excuse. */
export function missingServer(server: DatabaseServer): string | undefined {
  if (serverFolder(server) !== undefined) return undefined;
  const reason = `there is no ${server} server here (npm test -- --install installs Debian's, as root)`;
  if (process.env["CI"] === "true" && process.platform === "linux") throw new Error(reason);
  return reason;
}

interface Plan {
  /** Run to its end before the server is started. */
  readonly prepare?: readonly string[];
  readonly start: readonly string[];
  /** Neither PostgreSQL nor MariaDB runs as root; Debian's packages come with a user for each. */
  readonly user?: string;
}

const plans: Record<DatabaseServer, (data: string, port: number) => Plan> = {
  postgresql: (data, port) => ({
    prepare: ["initdb", "-D", join(data, "db"), "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C"],
    start: [
      ...["postgres", "-D", join(data, "db"), "-p", String(port), "-k", data, "-h", "127.0.0.1"],
      ...["-c", "fsync=off", "-c", "max_connections=20", "-c", "shared_buffers=16MB"],
    ],
    user: "postgres",
  }),
  redis: (data, port) => ({
    start: ["redis-server", "--port", String(port), "--bind", "127.0.0.1", "--dir", data, "--save", ""],
  }),
  mariadb: (data, port) => ({
    prepare: [
      "mariadb-install-db",
      "--no-defaults",
      `--datadir=${data}/db`,
      "--auth-root-authentication-method=normal",
    ],
    start: [
      ...["mariadbd", "--no-defaults", `--datadir=${data}/db`, `--port=${port}`, `--socket=${data}/s`],
      ...["--bind-address=127.0.0.1", `--pid-file=${data}/pid`, "--innodb-buffer-pool-size=16M"],
      ...["--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=8M"],
    ],
    user: "mysql",
  }),
};

export async function startDatabase(server: DatabaseServer): Promise<RunningServer> {
  const folder = serverFolder(server);
  if (folder === undefined) throw new Error(`no ${server}`);
  const port = await freePort();
  const data = mkdtempSync(join(tmpdir(), `hindcast-${server}-`));
  const { prepare, start, user } = plans[server](data, port);
  const as = user === undefined || process.getuid?.() !== 0 ? undefined : idsOf(user);
  if (as !== undefined) chownSync(data, as.uid, as.gid);
  const programIn = (name = ""): string => (name === "mariadb-install-db" ? name : join(folder, name));
  const options = { cwd: data, ...as };
  try {
    if (prepare !== undefined) execFileSync(programIn(prepare[0]), prepare.slice(1), { ...options, stdio: "ignore" });
    const child = spawn(programIn(start[0]), start.slice(1), { ...options, stdio: "ignore" });
    await untilItAnswers(child, () => (server === "postgresql" ? isReady(folder, port) : accepts(port)));
    return {
      port,
      async stop() {
        if (child.exitCode === null && child.signalCode === null) {
          const gone = once(child, "exit");
          child.kill(server === "postgresql" ? "SIGINT" : "SIGTERM");
          await gone;
        }
        rmSync(data, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(data, { recursive: true, force: true });
    throw error;
  }
}

function idsOf(user: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function untilItAnswers(child: ChildProcess, answers: () => boolean | Promise<boolean>): Promise<void> {
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  while (!(await answers())) {
    if (isGone()) throw new Error(`the database server ended at once (${child.exitCode ?? child.signalCode ?? ""})`);
    await wait(50);
  }
}

/** PostgreSQL takes connections before it answers on them. */
const isReady = (folder: string, port: number): boolean =>
  spawnSync(join(folder, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)]).status === 0;

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

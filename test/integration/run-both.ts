// A program run twice: alone, and recorded into a listener of the test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type ProgramSeen, agentFile, listenForAgents } from "./agent-listener.js";

/** Another version of Node can be tried with this. */
const node = process.env["HINDCAST_TEST_NODE"] ?? process.execPath;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  binary = node,
  cwd = process.cwd(),
): Promise<Ended> {
  const { HINDCAST_SOCKET: _socket, NODE_OPTIONS: _options, ...inherited } = process.env;
  const child = spawn(binary, args, { cwd, env: { ...inherited, ...environment }, stdio: "pipe" });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  await once(child, "close");
  return { code: child.exitCode, out, err };
}

interface Both {
  readonly plain: Ended;
  readonly recorded: Ended;
  /** The first that reported. */
  readonly program: ProgramSeen;
  /** With its children and threads. */
  readonly programs: readonly ProgramSeen[];
}

/** The same for a program that may end before anybody can report. */
export async function runUnlessItEndsFirst(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  binary = node,
  cwd = process.cwd(),
): Promise<Pick<Both, "plain" | "recorded">> {
  const plain = await run(args, environment, binary, cwd);
  const listener = await listenForAgents("secret", "welcome");
  try {
    const preload = `--require "${agentFile.replaceAll("\\", "\\\\")}"`;
    return {
      plain,
      recorded: await run(args, { ...listener.environment, NODE_OPTIONS: preload, ...environment }, binary, cwd),
    };
  } finally {
    await listener.close();
  }
}

/** `nodeOptions` come ahead of the agent's. */
export async function runBoth(
  args: readonly string[],
  nodeOptions: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  answer: "welcome" | "refused" = "welcome",
  binary = node,
  cwd = process.cwd(),
): Promise<Both> {
  const plain = await run(args, { NODE_OPTIONS: nodeOptions.join(" "), ...environment }, binary, cwd);
  const listener = await listenForAgents("secret", answer);
  try {
    const options = [...nodeOptions, `--require "${agentFile.replaceAll("\\", "\\\\")}"`].join(" ");
    const recorded = await run(args, { ...listener.environment, NODE_OPTIONS: options, ...environment }, binary, cwd);
    const [program] = listener.programs;
    if (program === undefined) throw new Error(`no agent reported; the program wrote: ${recorded.err}`);
    return { plain, recorded, program, programs: listener.programs };
  } finally {
    await listener.close();
  }
}

/** Alone, without anything of ours around; and with the agent preloaded, somebody waiting for it, and `HINDCAST=off`. */
export async function runSwitchedOff(
  args: readonly string[],
): Promise<{ readonly plain: Ended; readonly switchedOff: Ended }> {
  const plain = await run(args, {});
  const listener = await listenForAgents("secret", "welcome");
  try {
    const preload = `--require "${agentFile.replaceAll("\\", "\\\\")}"`;
    const switchedOff = await run(args, { ...listener.environment, NODE_OPTIONS: preload, HINDCAST: "off" });
    if (listener.programs.length > 0) throw new Error("an agent reported although it was switched off");
    return { plain, switchedOff };
  } finally {
    await listener.close();
  }
}

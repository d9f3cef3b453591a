// OpenTelemetry's automatic instrumentation, as its documentation says that one starts it, and somebody to send to.
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import type { Way } from "./target.js";

const require = createRequire(import.meta.url);

function found(name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

const register = found("@opentelemetry/auto-instrumentations-node/register");
const hook = found("@opentelemetry/instrumentation/hook.mjs");

/** `npm ci --prefix bench` installs it. */
export const hasOpenTelemetry = register !== undefined && hook !== undefined;

/** Traces, metrics and logs, with all instrumentations that are on by default; modules imported as ESM included. */
export function openTelemetryWay(url: string): Way {
  return {
    environment: {
      OTEL_SERVICE_NAME: "overhead",
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_NODE_RESOURCE_DETECTORS: "env,host,os,process",
    },
    execArgv: ["--require", register ?? "", "--no-warnings", "--experimental-loader", pathToFileURL(hook ?? "").href],
  };
}

/** The same for several processes, which load bench/programs/overhead-service.cjs anyway. */
export const openTelemetryServices = (url: string): Readonly<Record<string, string>> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_NODE_RESOURCE_DETECTORS: "env,host,os,process",
  OVERHEAD_REGISTER: register ?? "",
  OVERHEAD_HOOK: pathToFileURL(hook ?? "").href,
});

/** Takes what is sent and counts it: spans, log records and metrics, by the last part of where they are sent to. */
export class Collector {
  readonly received = { traces: 0, logs: 0, metrics: 0 };
  readonly #server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const kind = request.url?.split("/").at(-1);
      const count = fieldsAt(Buffer.concat(parts), [1, 2, 2]);
      if (kind === "traces" || kind === "logs" || kind === "metrics") this.received[kind] += count;
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
  });

  static async listen(): Promise<Collector> {
    const collector = new Collector();
    collector.#server.listen(0, "127.0.0.1");
    await once(collector.#server, "listening");
    return collector;
  }

  get url(): string {
    const address: AddressInfo | string | null = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** How often a message has the field of this path: 1, 2, 2 is a span of a scope of a resource; log records and metrics alike. */
export function fieldsAt(message: Uint8Array, path: readonly number[]): number {
  const [wanted, ...rest] = path;
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  let found = 0;
  while (at < message.length) {
    const key = number();
    const kind = key % 8;
    if (kind === 0) number();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else {
      const length = number();
      if (Math.floor(key / 8) === wanted)
        found += rest.length === 0 ? 1 : fieldsAt(message.subarray(at, at + length), rest);
      at += length;
    }
  }
  return found;
}

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

/** Takes what is sent and looks at none of it. */
export class Collector {
  traces = 0;
  readonly #server = createServer((request, response) => {
    if (request.url === "/v1/traces") this.traces++;
    request.resume().on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
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

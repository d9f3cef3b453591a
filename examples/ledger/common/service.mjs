// How every service starts and stops: it listens on 127.0.0.1, tells its supervisor where, and closes on SIGTERM, or when the supervisor is gone.
import { once } from "node:events";

/**
 * @param {string} name
 * @param {import("node:http").Server} server not listening yet
 * @param {() => unknown} [onStop]
 */
export async function serve(name, server, onStop) {
  server.listen(Number(process.env.PORT ?? 0), "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const url = `http://127.0.0.1:${port}`;
  console.log(`${name} listening on ${url}`);
  if (process.connected) process.send({ kind: "listening", url }, () => {});
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await onStop?.();
    if (process.connected) process.disconnect();
  };
  process.once("SIGTERM", stop);
  // Who started it is gone.
  process.once("disconnect", () => void (server.listening && stop()));
  return url;
}

// Serves what another package of the workspace says, and asks for it.
import { createServer } from "node:http";
import { counts, serve } from "own";

const { track } = await import("hindcast").catch(() => ({ track: () => undefined }));
track("counts", counts);
const server = createServer((request, response) => response.end(serve())).listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  for (const n of [1, 2]) process.stdout.write(await (await fetch(`http://127.0.0.1:${port}/items/${n}`)).text());
  server.close();
  server.closeAllConnections();
});

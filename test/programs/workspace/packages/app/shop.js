// The same with a package that has to be installed: express, which is CommonJS.
import express from "express";
import { counts, serve } from "own";

const { track } = await import("hindcast").catch(() => ({ track: () => undefined }));
track("counts", counts);
const app = express();
app.get("/items/:id", (request, response) => response.send(serve()));
const server = app.listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  for (const n of [1, 2]) process.stdout.write(await (await fetch(`http://127.0.0.1:${port}/items/${n}`)).text());
  server.close();
  server.closeAllConnections();
});

// One request through everything that is recorded: server, router, logger, client, fetch. ES module.
import http from "node:http";
import { event, metric, span } from "hindcast";
import express from "express";
import pino from "pino";

const logger = pino({ redact: ["card"] });
const app = express();
app.get("/accounts/:id", async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  logger.warn({ account: request.params.id, card: "4111" }, "looked up");
  event("account.seen", { id: request.params.id });
  response.json({ traceparent: request.headers.traceparent });
});
app.post("/echo", (request, response) => {
  request.on("end", () => {
    event("body.read");
    response.end();
  });
  request.resume();
});
app.get("/broken", (_request, response) => response.destroy());

const server = app.listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const origin = `http://127.0.0.1:${port}`;
  const send = (options) =>
    new Promise((resolve, reject) => {
      const request = http.request({ port, host: "127.0.0.1", ...options }, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve(text));
      });
      request.on("error", reject);
      setTimeout(() => request.end(options.body), options.body === undefined ? 0 : 30);
      if (options.body !== undefined) request.flushHeaders();
    });
  const answers = await span("checkout", { items: 2 }, async () => {
    const fetched = await (await fetch(`${origin}/accounts/7?full=1`)).json();
    const got = JSON.parse(await send({ path: "/accounts/8" }));
    const own = "00-11111111111111111111111111111111-2222222222222222-01";
    const kept = JSON.parse(await send({ path: "/accounts/9", headers: { traceparent: own } }));
    await send({ path: "/echo", method: "POST", body: "late" });
    return { fetched, got, kept };
  });
  await send({ path: "/broken" }).catch((error) => console.warn("gone: %s", error.code));
  metric("orders", 3, { unit: "{order}", attributes: { shop: "a" } });
  console.log(JSON.stringify(answers));
  server.close();
  server.closeAllConnections();
});

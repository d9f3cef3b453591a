// A service as people write them: express, JSON in and out, a lookup that waits, a line of log for a request in ten.
const express = require("express");
const { pino } = require("pino");

const log = pino();
const items = new Map(Array.from({ length: 1000 }, (_, n) => [String(n), { id: n, name: `item ${n}`, price: n * 7 }]));
const lookUp = async (id) => {
  await new Promise((resolve) => setImmediate(resolve));
  return items.get(id);
};

const app = express();
app.use(express.json());
app.get("/items/:id", async (request, response) => {
  const item = await lookUp(request.params.id);
  if (item === undefined) return response.status(404).json({ error: "no such item" });
  if (item.id % 10 === 0) log.info({ item: item.id }, "looked up");
  response.json(item);
});
app.post("/orders", async (request, response) => {
  const lines = await Promise.all(request.body.items.map(lookUp));
  response.status(201).json({ total: lines.reduce((sum, line) => sum + line.price, 0), lines });
});

const server = app.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));

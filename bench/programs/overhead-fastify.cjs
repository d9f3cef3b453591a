// The same service as overhead-express.cjs, with fastify.
const fastify = require("fastify");
const { pino } = require("pino");

const log = pino();
const items = new Map(Array.from({ length: 1000 }, (_, n) => [String(n), { id: n, name: `item ${n}`, price: n * 7 }]));
const lookUp = async (id) => {
  await new Promise((resolve) => setImmediate(resolve));
  return items.get(id);
};

const app = fastify();
app.get("/items/:id", async (request, reply) => {
  const item = await lookUp(request.params.id);
  if (item === undefined) return reply.status(404).send({ error: "no such item" });
  if (item.id % 10 === 0) log.info({ item: item.id }, "looked up");
  return item;
});
app.post("/orders", async (request, reply) => {
  const lines = await Promise.all(request.body.items.map(lookUp));
  return reply.status(201).send({ total: lines.reduce((sum, line) => sum + line.price, 0), lines });
});

app.listen({ port: 0, host: "127.0.0.1" }).then((url) => console.log(`listening on ${url}`));

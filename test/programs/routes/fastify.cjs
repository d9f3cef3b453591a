// Plugins with prefixes, a hook that answers, an error, and what nobody answers; for fastify 4 and 5.
const { askAll } = require("./ask.cjs");

const app = require("fastify")();
app.get("/", async () => "root");
app.register(
  async (shop) => {
    shop.get("/items/:item", async (request) => request.params);
    shop.get("/broken/:item", async () => {
      throw new Error("thrown");
    });
    shop.register(async (inner) => inner.get("/users/:user", (request, reply) => void reply.send("user")), {
      prefix: "/admin",
    });
  },
  { prefix: "/shops/:shop" },
);
app.get("/files/*", async () => "file");
app.listen({ port: 0, host: "127.0.0.1" }).then(async () => {
  await askAll(app.server.address().port, [
    "/",
    "/shops/7/items/8",
    "/shops/7/broken/9",
    "/shops/7/admin/users/3",
    "/files/a/b",
    "/nowhere",
  ]);
  await app.close();
});

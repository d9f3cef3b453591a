// Parameters, a plugin with a prefix, an error, and what nobody answers.
const Hapi = require("@hapi/hapi");
const { askAll } = require("./ask.cjs");

(async () => {
  const server = Hapi.server({ port: 0, host: "127.0.0.1", debug: false });
  server.route({ method: "GET", path: "/items/{item}", handler: (request) => request.params });
  const fail = () => {
    throw new Error("thrown");
  };
  const register = (inner) => void inner.route({ method: "GET", path: "/broken/{item?}", handler: fail });
  await server.register({ name: "shop", register }, { routes: { prefix: "/shop" } });
  await server.start();
  await askAll(server.info.port, ["/items/7", "/shop/broken/8", "/nowhere"]);
  await server.stop();
})();

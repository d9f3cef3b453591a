// Routers in routers, a mounted app, parameters in prefixes, errors, and what nobody answers; for express 4 and 5.
const express = require("express");
const { askAll } = require("./ask.cjs");

const app = express();
app.set("env", "test");
const items = express.Router({ mergeParams: true });
items.get("/:item", (request, response) => response.json(request.params));
items.get("/:item/broken", () => {
  throw new Error("thrown");
});
items.get("/:item/later", async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  response.send("later");
});
const shop = express.Router();
shop.use("/:shop/items", items);
shop.get("/", (request, response) => response.send("shops"));
app.use("/shops", [(request, response, next) => next()], shop);
app.use("/again", items);

const admin = express();
admin.get("/users/:user", (request, response) => response.send(request.baseUrl));
const reports = express.Router();
reports.get("/:year", (request, response) => response.send("report"));
admin.use("/reports", reports);
app.use("/admin", admin);

app.get(["/one", "/two"], (request, response) => response.send("list"));
app.get(/^\/ab+c$/, (request, response) => response.send("expression"));
app.get("/passes/:on", (request, response, next) => next());
app
  .route("/both")
  .get((request, response) => response.send("get"))
  .post((request, response) => response.send("post"));
app.use("/fails", (request, response, next) => next(new Error("before any route")));
app.use((error, request, response, next) => {
  response.status(500).send(`handled: ${error.message}`);
});

const server = app.listen(0, "127.0.0.1", async () => {
  await askAll(server.address().port, [
    "/shops/7/items/8?full=1",
    "/shops/7/items/9/broken",
    "/shops/7/items/9/later",
    "/shops",
    "/again/3",
    "/admin/users/4",
    "/admin/reports/1999",
    "/two",
    "/abbc",
    "/passes/5",
    "/nowhere/6",
    "POST /both",
    "/fails",
  ]);
  server.close();
});

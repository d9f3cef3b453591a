// Routers in routers with prefixes, and what nobody answers.
import Router from "@koa/router";
import Koa from "koa";
import { askAll } from "./ask.cjs";

const app = new Koa();
app.silent = true;
const items = new Router({ prefix: "/items" });
items.get("/:item", (context) => void (context.body = context.params));
items.get("/:item/broken", () => {
  throw new Error("thrown");
});
const shop = new Router({ prefix: "/shops/:shop" });
shop.use(items.routes());
const expression = new Router();
expression.get(/^\/ab+c$/, async (context) => void (context.body = "expression"));
app.use(shop.routes()).use(shop.allowedMethods()).use(expression.routes());
const server = app.listen(0, "127.0.0.1", async () => {
  const paths = ["/shops/7/items/8", "/shops/7/items/8/broken", "/abbbc", "/nowhere", "POST /shops/7/items/8"];
  await askAll(server.address().port, paths);
  server.close();
});

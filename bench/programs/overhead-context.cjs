// The least that anything must do that knows which request code runs for: one AsyncLocalStorage, entered at each request. Nothing is
// recorded, read or sent.
const { AsyncLocalStorage } = require("node:async_hooks");
const { subscribe } = require("node:diagnostics_channel");

const storage = new AsyncLocalStorage();
subscribe("http.server.request.start", () => storage.enterWith({}));

// A socket.io server and a client that talk, over either transport.
const { createServer } = require("node:http");
const { event } = require("hindcast");
const { Server } = require("socket.io");
const { io } = require("socket.io-client");

const http = createServer();
const server = new Server(http);
server.of("/shop").on("connection", (socket) => {
  socket.on("order", (order, answer) => {
    event("handled");
    answer({ done: order.id });
    socket.emit("news", { of: order.id });
    server.of("/shop").emit("sale", 1);
  });
});
http.listen(0, "127.0.0.1", async () => {
  for (const transport of ["polling", "websocket"]) {
    const socket = io(`http://127.0.0.1:${http.address().port}/shop`, { transports: [transport], forceNew: true });
    const news = new Promise((resolve) => socket.on("news", resolve));
    const sale = new Promise((resolve) => socket.on("sale", resolve));
    console.log(transport, await socket.emitWithAck("order", { id: 7 }), await news, await sale);
    socket.close();
  }
  await server.close();
});

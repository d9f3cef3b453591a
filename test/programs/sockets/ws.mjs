// A WebSocket server and a client that talk; the server tells what it does in a handler, after a wait.
import { once } from "node:events";
import { createServer } from "node:http";
import { event, span } from "hindcast";
import { WebSocket, WebSocketServer } from "ws";

const http = createServer();
const server = new WebSocketServer({ server: http });
server.on("connection", (socket) => {
  event("connected");
  socket.on("message", async (data, isBinary) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    event("handled", { bytes: data.length });
    socket.send(isBinary ? Buffer.from([1, 2, 3]) : `echo ${data}`);
  });
});
await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
await span("client", {}, async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${http.address().port}/chat?room=7`);
  await once(socket, "open");
  for (const message of ["één", Buffer.alloc(1000)]) {
    socket.send(message);
    const [answer, isBinary] = await once(socket, "message");
    console.log(String(answer).length, isBinary);
  }
  socket.close(1000, "done");
  console.log(await once(socket, "close").then(([code, reason]) => [code, String(reason)]));
  console.log(WebSocket.prototype.send.length, WebSocket.prototype.emit.name, socket.eventNames());
});
server.close();
http.close();

// Whole messages over a socket, each behind its length. What a peer may make us hold is bounded in both directions.
import type { Socket } from "node:net";
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import { FrameSplitter, frameHeader } from "../../shared/protocol/agent-wire.js";
import type { Transport } from "../../shared/protocol/rpc.js";

const messageFrame = 1;

export interface SocketTransportBounds {
  /** Of one message. */
  readonly receivedBytes: number;
  /** That the other end has not read yet. */
  readonly unreadBytes: number;
}

/** A peer that sends what cannot be read, or does not read, is cut off. */
export function socketTransport(socket: Socket, { receivedBytes, unreadBytes }: SocketTransportBounds): Transport {
  const splitter = new FrameSplitter(receivedBytes);
  const messages: ((bytes: Uint8Array) => void)[] = [];
  const closes: (() => void)[] = [];
  socket.on("data", (chunk: Buffer) => {
    try {
      // A frame is good until the next chunk; what is read of it may be kept for longer.
      for (const { body } of splitter.push(chunk)) for (const listener of messages) listener(body.slice());
    } catch (error) {
      socket.destroy();
      if (!(error instanceof MalformedBytes)) throw error;
    }
  });
  // It closes after an error; there is nothing else to do.
  socket.on("error", () => undefined);
  socket.on("close", () => {
    for (const listener of closes.splice(0)) listener();
  });
  return {
    send: (bytes) => {
      if (socket.destroyed || !socket.writable) return;
      if (socket.writableLength + bytes.length > unreadBytes) return void socket.destroy();
      socket.cork();
      socket.write(frameHeader(messageFrame, bytes.length));
      socket.write(bytes);
      socket.uncork();
    },
    onMessage: (listener) => void messages.push(listener),
    onClose: (listener) => void closes.push(listener),
    close: () => void socket.destroy(),
  };
}

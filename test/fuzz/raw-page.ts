// A page's WebSocket written byte by byte: frames as no client library would send them.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type Socket, connect } from "node:net";

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** The last of its message. */
  readonly isLast?: boolean;
  /** The three reserved bits: 4 says compressed. */
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** What its header says when that is not so. */
  readonly length?: number;
}

export class RawPage {
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
  }

  static async join(port: number, cookie: string): Promise<RawPage> {
    const page = new RawPage(connect(port, "127.0.0.1"));
    const head = [
      "GET /engine HTTP/1.1",
      `Host: 127.0.0.1:${port}`,
      `Origin: http://127.0.0.1:${port}`,
      `Cookie: ${cookie}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Extensions: permessage-deflate",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    ];
    page.socket.write(`${head.join("\r\n")}\r\n\r\n`);
    const [answer] = (await once(page.socket, "data")) as [Buffer];
    if (!answer.toString("latin1").startsWith("HTTP/1.1 101")) throw new Error(answer.toString("latin1"));
    page.socket.resume();
    return page;
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** However it ends: the host hangs up, or the page does. */
  async leave(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

export function encodeFrame({ opcode, payload, isLast, reserved, isMasked, length }: Frame): Buffer {
  const size = length ?? payload.length;
  const masked = isMasked === false ? 0 : 128;
  const first = (isLast === false ? 0 : 128) | ((reserved ?? 0) << 4) | opcode;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  head[0] = first;
  if (size < 126) head[1] = masked | size;
  else if (size < 65_536) {
    head[1] = masked | 126;
    head.writeUInt16BE(size, 2);
  } else {
    head[1] = masked | 127;
    head.writeBigUInt64BE(BigInt(size), 2);
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, Buffer.alloc(masked === 0 ? 0 : 4), payload]);
}

import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Connections } from "./connections.js";

describe("Connections", () => {
  const server = createServer();
  let connections: Connections;
  let clients: { readonly name: string; readonly near: Socket; readonly far: Socket }[];

  beforeEach(async () => {
    connections = new Connections(3);
    clients = [];
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    for (const { near, far } of clients) {
      near.destroy();
      far.destroy();
    }
    server.close();
    await once(server, "close");
  });

  const portOf = (address: AddressInfo | string | null): number =>
    (typeof address === "object" ? address?.port : 0) ?? 0;

  async function come(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
      const near = connect(portOf(server.address()), "127.0.0.1");
      const far = await accepted;
      clients.push({ name, near, far });
      connections.add(far);
    }
  }

  const showSession = (name: string): void => {
    for (const client of clients) if (client.name === name) connections.know(client.far);
  };
  const leave = async (name: string): Promise<void> => {
    for (const client of clients) {
      if (client.name !== name) continue;
      const closed = once(client.far, "close");
      client.near.destroy();
      await closed;
    }
  };
  const there = (): string => clients.flatMap(({ name, far }) => (far.destroyed ? [] : [name])).join(" ");

  it("lets those without a session make room, the oldest first", async () => {
    await come("a", "b", "c", "d", "e");
    expect(there()).toBe("c d e");
  });

  it("cuts off nobody who has shown a session", async () => {
    await come("a", "b", "c");
    showSession("a");
    await come("d", "e", "f");
    expect(there()).toBe("a e f");
  });

  it("takes no further one where all have a session, until one of them leaves", async () => {
    await come("a", "b", "c");
    for (const name of ["a", "b", "c"]) showSession(name);
    await come("d");
    expect(there()).toBe("a b c");
    await leave("b");
    await come("e");
    expect(there()).toBe("a c e");
  });

  it("counts nobody who has left", async () => {
    await come("a", "b", "c");
    await leave("c");
    await come("d");
    expect(there()).toBe("a b d");
  });

  it("does not take back one that was cut off when it shows a session too late", async () => {
    await come("a", "b", "c", "d");
    showSession("a");
    await come("e");
    expect(there()).toBe("c d e");
  });
});

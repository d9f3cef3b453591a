import { describe, expect, it } from "vitest";
import { type CarriedPort, CarriedPorts, carriedBytes } from "./carried-ports.js";

const port = (channel: number): CarriedPort => ({ channel, sends: 1, sent: channel + 1, received: channel + 2 });
const newPorts = (): CarriedPorts => new CarriedPorts(new SharedArrayBuffer(carriedBytes));

describe("CarriedPorts", () => {
  it("tells of a message which ports it brings, in their order, and of another nothing", () => {
    const ports = newPorts();
    const carrier = { channel: 4, direction: 0, number: 9 } as const;
    ports.note(carrier, [port(1), port(2), port(3)]);
    expect(ports.find(carrier)).toEqual([port(1), port(2), port(3)]);
    for (const other of [{ channel: 5 }, { direction: 1 as const }, { number: 10 }])
      expect(ports.find({ ...carrier, ...other })).toBeUndefined();
    expect(ports.find({ channel: 0, direction: 0, number: 0 })).toBeUndefined();
  });

  it("never takes one port for another, however many there were", () => {
    const ports = newPorts();
    let known = 0;
    for (let number = 1; number < 5000; number++) {
      ports.note({ channel: number % 7, direction: 0, number }, [port(number), port(2 * number)]);
      const asked = Math.max(1, number - (number % 300));
      const found = ports.find({ channel: asked % 7, direction: 0, number: asked });
      if (found === undefined) continue;
      const expected = [port(asked), port(2 * asked)];
      known += found.filter((one) => one !== undefined).length;
      expect(found).toEqual(found.map((one, at) => (one === undefined ? undefined : expected[at])));
    }
    expect(known).toBeGreaterThan(3000);
  });

  it("numbers channels", () => {
    const ports = newPorts();
    expect([ports.newChannel(), ports.newChannel(), new CarriedPorts(ports.memory).newChannel()]).toEqual([1, 2, 3]);
  });
});

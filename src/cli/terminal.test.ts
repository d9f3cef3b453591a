import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { hindcastError } from "../shared/protocol/errors.js";
import { Output, complain } from "./terminal.js";

function collector(): { readonly output: Output; readonly written: () => string } {
  let all = "";
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      all += String(chunk);
      done();
    },
  });
  return { output: new Output(stream), written: () => all };
}

it("prints no character of a recording that a terminal takes for a command", async () => {
  const { output, written } = collector();
  const value = { k: "\u009b31m \u007f ü\u001b[2J" };
  await output.line(JSON.stringify(value));
  await output.flush();
  expect(written()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(JSON.parse(written())).toEqual(value);
});

it("prints no such character of an error, either, and keeps its lines", async () => {
  const { output: err, written } = collector();
  const { output: out } = collector();
  await complain({ out, err, input: process.stdin }, hindcastError("internal", { reason: "a\u001b[2J\n\u009bb" }));
  expect(written()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(written()).toContain("a\\u001b[2J\n\\u009bb");
});

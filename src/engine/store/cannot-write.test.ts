import { describe, expect, it } from "vitest";
import { explain } from "../../shared/protocol/errors.js";
import { errorFromWriting } from "./cannot-write.js";

describe("errorFromWriting", () => {
  it.each([
    [
      'IO Error: Could not write file "/a/.b.part": No space left on device',
      "There is no room left on the disk of /a/b.",
    ],
    ["ENOSPC: no space left on device, write", "There is no room left on the disk of /a/b."],
    [
      'IO Error: Cannot open file "/a/.b.part": Permission denied',
      "/a/b cannot be written: you have no right to write there.",
    ],
    ["EROFS: read-only file system, open '/a/b'", "/a/b cannot be written: that disk is read-only."],
    [
      'IO Error: Could not write file "/a/b": File too large',
      "/a/b cannot be written: no file there may grow that large.",
    ],
    ['IO Error: Cannot open file "/a/b/c": Not a directory', "/a/b cannot be written: no file can be made there."],
    [
      'IO Error: Could not write file "/a/b.wal": Transport endpoint is not connected\nmore',
      "/a/b cannot be written: Transport endpoint is not connected.",
    ],
  ])("says of %j what a person can use", (message, sentence) => {
    expect(explain(errorFromWriting("/a/b", new Error(message))).message).toBe(sentence);
  });
});

import { describe, expect, it } from "vitest";
import { splitCommandLine } from "./command-line.js";

describe("splitCommandLine", () => {
  it("splits at spaces", () => {
    expect(splitCommandLine("  node  server.js --port 3000 ")).toEqual(["node", "server.js", "--port", "3000"]);
    expect(splitCommandLine("  ")).toEqual([]);
  });

  it("keeps what is quoted together", () => {
    expect(splitCommandLine(`node "my app/server.js" --name='a "b"' ""`)).toEqual([
      "node",
      "my app/server.js",
      `--name=a "b"`,
      "",
    ]);
    expect(splitCommandLine(String.raw`node my\ app.js "say \"hi\""`)).toEqual(["node", "my app.js", 'say "hi"']);
  });

  it("keeps the backslashes of a path", () => {
    expect(splitCommandLine(String.raw`C:\node\node.exe C:\app\x.js`)).toEqual([
      String.raw`C:\node\node.exe`,
      String.raw`C:\app\x.js`,
    ]);
  });
});

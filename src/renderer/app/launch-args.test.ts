import { describe, expect, it } from "vitest";
import { launchFromTyped } from "./launch-args.js";

const typed = {
  commandLine: "",
  folder: "",
  environment: "",
  level: "requests",
  include: "",
  exclude: "",
  writes: true,
  keepAge: "",
  keepSize: "",
} as const;

describe("launchFromTyped", () => {
  it("asks for what is typed, as arguments and not as a line for a shell", () => {
    const { args } = launchFromTyped({
      ...typed,
      commandLine: `node "my server.js" $HOME`,
      folder: " /srv/shop ",
      environment: "PORT=1",
      include: "src/**\n",
      writes: false,
    });
    expect(args).toEqual({
      command: ["node", "my server.js", "$HOME"],
      cwd: "/srv/shop",
      environment: { PORT: "1" },
      capture: { level: "requests", include: ["src/**"], exclude: [], writes: false },
      limits: {},
    });
  });

  it("asks for nothing while something is missing or wrong", () => {
    expect(launchFromTyped(typed).args).toBeUndefined();
    expect(launchFromTyped({ ...typed, commandLine: "node a.js", keepAge: "soon" }).args).toBeUndefined();
    expect(launchFromTyped({ ...typed, commandLine: "node a.js", environment: "TOKEN" })).toMatchObject({
      args: undefined,
      problems: { environment: "TOKEN has no value: what looks like a secret is not saved. Type it again." },
    });
  });
});

// Looking for secrets takes time in proportion to the text, whatever the text is. Not beside the quick tests: it takes seconds.
import { describe, expect, it } from "vitest";
import type { RedactionSettings } from "../../shared/protocol/agent-wire.js";
import { createRedaction } from "../../redact/redactor.js";

const plain: RedactionSettings = { enabled: true, keys: [], prefixes: [], allow: [] };

describe("the time redaction takes", () => {
  const units = [
    "a",
    " ",
    "=",
    ":",
    "-",
    "\\",
    '"',
    "4",
    "4 ",
    "%20",
    "eyJ",
    "password=",
    "password=no.",
    "password: [",
    'password="',
    'password=\\"',
    "password=,a",
    "cookie: a;",
    "://a:",
    "://",
    "Bearer ",
    "-----BEGIN ",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY----------END ",
    " --user a:",
    "AKIA0123456789ABCDEF ",
    "sk-",
    "[redacted:password#0123456789ab]",
    "password=[redacted:password#0123456789ab]",
    "a%",
    "key id number ",
    "<secret><![CDATA[",
    "<secret>",
    "<secret a=",
    "&lt;secret&gt;",
    'name="password" value=',
    'value:"',
    "value:'x',",
    "--token ",
    "identified by '",
    "PASSWORD FOR a ",
    "password: |\\n a\\n",
    "password:\n",
    "password:\n ",
    "password:\n  - x1\n",
    "- password:\n\n",
    "password:\n is\n",
    "a password:\n b\n",
    " password:\n - a:",
    "\u001b[1mpassword",
    '="a',
    'name="token"\r\n\r\n',
    "a%252541",
    "a%20'",
    '"a\\\\n',
    "'\\\\'",
    "it's \\\\n",
    '"\\\\u0041" ',
    "postgres://a:b",
  ];
  /** Fastest of some runs: what the machine does besides only ever adds. */
  const costOf = (text: string, runs: number): number =>
    Math.min(
      ...Array.from({ length: runs }, () => {
        const before = process.cpuUsage();
        createRedaction(plain, "t").text(text);
        const { user, system } = process.cpuUsage(before);
        return user + system;
      }),
    );

  it.each(units)("grows with the text and not with its square: %j repeated", (unit) => {
    const repeated = (length: number): string => `${unit.repeat(Math.ceil(length / unit.length))}!`;
    costOf(repeated(20_000), 2);
    const [small, large] = [costOf(repeated(32_768), 3), costOf(repeated(524_288), 1)];
    // 16 times the text: 16 times the time when linear, 256 times when quadratic; short times are mostly noise.
    expect(large / Math.max(small, 2000)).toBeLessThan(80);
  });
});

import { describe, expect, it } from "vitest";
import type { RedactionSettings } from "../../shared/protocol/agent-wire.js";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { objectId } from "../../shared/trace/value.js";
import { formatLine } from "../preview.js";
import { redactedArguments, redactedBesideNames } from "../../redact/arguments.js";
import { createRedaction } from "../../redact/redactor.js";
import { cutBetweenWords } from "../../redact/safe-cut.js";

const plain: RedactionSettings = { enabled: true, keys: [], prefixes: [], allow: [] };
const redaction = createRedaction(plain, "a recording's token");
/** Without the hash, which says nothing here. */
const short = (text: string): string => text.replace(/\[redacted:([a-z0-9-]+)#[0-9a-f]{12}\]/g, "<$1>");
const shortText = (text: string): string => short(redaction.text(text));

describe("text", () => {
  it.each([
    ["password=hunter2", "password=<password>"],
    ["user password: hunter2 for bob", "user password: <password> for bob"],
    [String.raw`{"password":"hun\"ter2","a":1}`, '{"password":"<password>","a":1}'],
    [String.raw`{\"password\":\"hunter2\",\"b\":2}`, String.raw`{\"password\":\"<password>\",\"b\":2}`],
    ["{ user: 'a', password: 'x', n: 1 }", "{ user: 'a', password: '<password>', n: 1 }"],
    ["Map(1) { 'password' => 'x' }", "Map(1) { 'password' => '<password>' }"],
    ["secrets: { a: 'x', b: [ 'y' ] }, n: 1", "secrets: <secret>, n: 1"],
    ["Authorization: Bearer abc.def-123 was sent", "Authorization: Bearer <authorization> was sent"],
    ["Authorization: Digest username=a, response=b", "Authorization: Digest <authorization>"],
    ["Cookie: sid=abc; theme=dark", "Cookie: sid=<cookie>; theme=<cookie>"],
    ["Set-Cookie: a=b; Path=/; HttpOnly", "Set-Cookie: a=<cookie>; Path=/; HttpOnly"],
    ["GET /a?token=abc&x=1&api_key=zzz", "GET /a?token=<token>&x=1&api_key=<api-key>"],
    ["body[password]=abc&z=1", "body[password]=<password>&z=1"],
    ["redirect=https%3A%2F%2Fh%2F%3Ftoken%3Dabc&n=1", "redirect=https://h/?token=<token>&n=1"],
    ["Server=db;Uid=a;Pwd=x,y!z;Timeout=3", "Server=db;Uid=a;Pwd=<password>;Timeout=3"],
    ["postgres://app:s3cret@db:5432/x", "postgres://app:<url-password>@db:5432/x"],
    ["mysql --password hunter2 -v", "mysql --password <password> -v"],
    ["curl -u bob:hunter2 https://x", "curl -u bob:<password> https://x"],
    ["api key: abc123", "api key: <api-key>"],
    ["paid with 4111 1111 1111 1111.", "paid with <card>."],
    ["key\n-----BEGIN EC PRIVATE KEY-----\nMHc\nCAQ\n-----END EC PRIVATE KEY-----\nend", "key\n<private-key>\nend"],
    ["key -----BEGIN PRIVATE KEY-----\nMHcCAQ, cut", "key <private-key>"],
    [`\\nghp_${"a".repeat(36)}`, "\\n<github-token>"],
    ["<user><password>hunter2</password></user>", "<user><password><password></password></user>"],
    ['<wsse:Password Type="text"> x </wsse:Password>', '<wsse:Password Type="text"> <password> </wsse:Password>'],
    ["<secret><![CDATA[a<b]]></secret>", "<secret><![CDATA[<secret>]]></secret>"],
    ["argv: [ 'node', '--password', 'x1', '--force' ]", "argv: [ 'node', '--password', '<password>', '--force' ]"],
    [String.raw`{"a":"[\"--token\",\"x1\"]"}`, String.raw`{"a":"[\"--token\",\"<token>\"]"}`],
    ["login <password> [--force]", "login <password> [--force]"],
    ['[{"name":"password","value":"x1"}]', '[{"name":"password","value":"<password>"}]'],
    ['{"value":"x1","name":"x-api-key"}', '{"value":"<api-key>","name":"x-api-key"}'],
    ['{"name":"color","value":"red"}', '{"name":"color","value":"red"}'],
    ["GET /a?session=8f2e1c77&x=1", "GET /a?session=<session-id>&x=1"],
    ["a session=8f2e1c77 was opened", "a session=8f2e1c77 was opened"],
    ["ALTER USER bob IDENTIFIED BY 'hunter2'", "ALTER USER bob IDENTIFIED BY '<password>'"],
    ["alter role bob password 'hunter2' valid", "alter role bob password '<password>' valid"],
    ["create user a Identified With sha2 By 'it''s x1'", "create user a Identified With sha2 By '<password>'"],
    ["SET PASSWORD FOR 'bob'@'%' = 'x1'", "SET PASSWORD FOR 'bob'@'%' = '<password>'"],
    ["SELECT PASSWORD('x1'), 2", "SELECT PASSWORD('<password>'), 2"],
    ["WITH PASSWORD = N'x1', b = 2", "WITH PASSWORD = <password>, b = 2"],
    ["WHERE password = crypt('x1', salt)", "WHERE password = <password>, salt)"],
    ["CREATE USER a IDENTIFIED BY x1;", "CREATE USER a IDENTIFIED BY <password>;"],
    ["<a><password>x1<\\/password><\\/a>", "<a><password><password><\\/password><\\/a>"],
    ["&lt;password&gt;x1&lt;/password&gt;", "&lt;password&gt;<password>&lt;/password&gt;"],
    ["\\u003cpassword\\u003ex1\\u003c/password\\u003e", "\\u003cpassword\\u003e<password>\\u003c/password\\u003e"],
    ["<secret><item>x1</item></secret>", "<secret><secret></secret>"],
    ['<entry key="password">x1</entry>', '<entry key="password"><password></entry>'],
    ["<secret><![CDATA[x1 was cut", "<secret><![CDATA[<secret>"],
    ['<input name="password" type="text" value="x1">', '<input name="password" type="text" value="<password>">'],
    ["<input value='x1' type='hidden' name='csrf_token'>", "<input value='<token>' type='hidden' name='csrf_token'>"],
    ['<meta name="csrf-token" content="x1">', '<meta name="csrf-token" content="<token>">'],
    ['<meta name="description" content="x1">', '<meta name="description" content="x1">'],
    ['{"key":"k","name":"password","a":1,"value":["x1"]}', '{"key":"k","name":"password","a":1,"value":<password>}'],
    ['{"value":"x1","token":"x2","name":"pwd"}', '{"value":"<password>","token":"<token>","name":"pwd"}'],
    ["name=password&value=x1&b=2", "name=password&value=<password>&b=2"],
    ["- name: DB_PASSWORD\n  value: x1\n- name: A", "- name: DB_PASSWORD\n  value: <password>\n- name: A"],
    ["password: |\n  x1\n  x2\nuser: bob", "password: |\n  <password>\nuser: bob"],
    ["password:\n    x1\nuser: bob", "password:\n    <password>\nuser: bob"],
    ["password: # for\r\n  x1 x2\r\n\r\nuser: bob", "password: # for\r\n  <password>\r\n\r\nuser: bob"],
    ["a:\n  password:\n    - x1\n    - 'x 2'\n  b: c", "a:\n  password:\n    - <password>\n    - '<password>'\n  b: c"],
    ["passwords:\n- x1\n- x2\nb:\n- c", "passwords:\n- <password>\n- <password>\nb:\n- c"],
    ["read passwords:\n  - x1y2\n  - DB_PASSWORD\nb: c", "read passwords:\n  - <password>\n  - DB_PASSWORD\nb: c"],
    ["- password:\n    x1\n- user: bob", "- password:\n    <password>\n- user: bob"],
    [
      "credentials:\n  a: x1\n  on: true\n  b:\n    - x2\nc: d",
      "credentials:\n  a: <credentials>\n  on: true\n  b:\n    - <credentials>\nc: d",
    ],
    [String.raw`{"a":"token:\n  - x1\nb: c"}`, String.raw`{"a":"token:\n  - <token>\nb: c"}`],
    ["{\n  password:\n    'x1',\n  a: 1 }", "{\n  password:\n    '<password>',\n  a: 1 }"],
    [
      "\u001b[32m'password'\u001b[39m: \u001b[32m'x1'\u001b[39m",
      "\u001b[32m'password'\u001b[39m: \u001b[32m'<password>'\u001b[39m",
    ],
    ["\u001b[1mpassword\u001b[22m=x1\u001b[0m", "\u001b[1mpassword\u001b[22m=<password>\u001b[0m"],
    ['form-data; name="password"\r\n\r\nx1 x2\r\n--b', 'form-data; name="password"\r\n\r\n<password>\r\n--b'],
    ["app --pin 1234 -password x1", "app --pin <pin> -password <password>"],
    ["GET /cb?code=4f1c8a90b2d34e5f&state=a", "GET /cb?code=<otp>&state=a"],
    ["GET /a?next=%2Fb%3Fnext%3D%252Fc%253Ftoken%253Dx1", "GET /a?next=/b?next=/c?token=<token>"],
    ["postgres://app:x/1?y@db/a", "postgres://app:<url-password>@db/a"],
    ["jdbc:oracle:thin:scott/x1@//db:1521/a", "jdbc:oracle:thin:scott/<password>@//db:1521/a"],
    ['Authorization: Digest username="a", response="b"', "Authorization: Digest <authorization>"],
    [String.raw`{"a":"password: |\n  x1\nb: c"}`, String.raw`{"a":"password: |\n  <password>\nb: c"}`],
    [String.raw`{ a: 'cookie: a="x1"; b=\'x2\'' }`, "{ a: 'cookie: a=<cookie>; b=<cookie>' }"],
    ["/a/IDENTIFIED%20BY%20'x1'?b=%5B%22c%22,2%5D", "/a/IDENTIFIED BY '<password>'?b=[\"c\",2]"],
    ['Cookie: a="x1 y"; b=x2', "Cookie: a=<cookie>; b=<cookie>"],
  ])("%j", (text, expected) => {
    expect(shortText(text)).toBe(expected);
  });

  it.each([
    "2026-11-21T08:00:00.000Z",
    "Error: invalid token:\n    at verify (/srv/auth.js:10:9)\n    at main (/srv/main.js:2:1)",
    "token:\n    at verify (/srv/auth.js:10:9)",
    "errors:\n  password:\n    - is too short\n    - must contain a digit\n  name:\n    - x1",
    "Missing secrets:\n  - DB_PASSWORD\n  - db-credentials\n  - see the docs, part 2",
    "Enter password:\nlogin failed for bob",
    "token:\n  null\nsecret:\n\npin:\n- required",
    "cookies: [], credentials: {}, token=7, sid:-1, password=****, secret: [REDACTED], password=${DB_PASSWORD}",
    "UPDATE users SET password = $1, token = ?, secret = :secret WHERE id = 7",
    "identified by the name, password (optional)",
    "blk_-4111111111111111 4111111111111111111",
    "tokenCount=5 max_tokens: 100 promptTokens: 7",
    "passwordResetUrlTemplate: https://x/y/:id",
    "password is invalid; Invalid password: must be longer",
    "password: null, token: undefined, secret=true",
    "PWD=/home/bob",
    "GET /accounts/acc_1001?limit=20&page=2",
    "1763712000123456789 4111111111111112 5500000000000000000 1.4111111111111111",
    "0b9d4f4e-6a51-4a8e-9c0b-111111111111",
    "a-task-with-many-words-and-dashes risk-averse-people-everywhere",
    "at handle (file:///srv/app/node_modules/express/lib/router/index.js:284:15)",
    "sha512-9oKcoeoBvGo7kzmSMgQP0mG0gVlYEXAMPLEnotasecretatallxyz0123456789abcdef==",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
  ])("has nothing secret: %s", (text) => {
    expect(redaction.text(text)).toBe(text);
  });

  it("is not redacted twice", () => {
    const once = redaction.text("password=hunter2 Authorization: Bearer abcdefghij; https://u:p@h/ Cookie: a=b");
    expect(redaction.text(once)).toBe(once);
  });
});

describe("a pseudonym", () => {
  const pseudonymOf = (text: string, token: string): string | undefined =>
    /#([0-9a-f]{12})\]/.exec(createRedaction(plain, token).text(text))?.[1];

  it("is the same for the same secret, however it was found and written", () => {
    const found = ['"password":"a&b c"', "token=a%26b%20c", 'secret: "a\\u0026b c"'].map((text) =>
      pseudonymOf(text, "t"),
    );
    expect(found[0]).toMatch(/^[0-9a-f]{12}$/);
    expect(new Set(found).size).toBe(1);
  });

  it("is another one for another secret, and in another recording", () => {
    const found = [
      pseudonymOf("pwd=q1", "t"),
      pseudonymOf("pwd=q2", "t"),
      pseudonymOf("pwd=q1", "u"),
      pseudonymOf("pwd=q1", ""),
      pseudonymOf("pwd=q1", ""),
    ];
    expect(new Set(found).size).toBe(5);
  });
});

describe("attributes", () => {
  const attributes = (given: Parameters<typeof redaction.attributes>[0]): string =>
    short(JSON.stringify(redaction.attributes(given)));

  it("lose what stands under a secret's name, at any depth, and nothing else", () => {
    expect(
      attributes({
        user: "bob",
        password: "x",
        pin: 1234,
        token: 5,
        secrets: { a: ["y", { b: "z" }], n: 1, on: true },
      }),
    ).toBe(
      '{"user":"bob","password":"<password>","pin":"<pin>","token":5,"secrets":{"a":["<secret>",{"b":"<secret>"}],"n":1,"on":true}}',
    );
  });

  it("lose the values of raw headers, and secrets that are keys", () => {
    const key = `sk_live_${"a".repeat(24)}`;
    expect(
      attributes({ raw: ["Accept", "*/*", "Cookie", "a=b", "Authorization", "zzz"], [key]: 1, n: 4111111111111111 }),
    ).toBe(
      '{"raw":["Accept","*/*","Cookie","a=<cookie>","Authorization","<authorization>"],"<stripe-key>":1,"n":"<card>"}',
    );
  });

  it("lose values that stand beside the name of a secret, and after its option", () => {
    expect(
      attributes({
        argv: ["node", "--password", "x", "--token", "--verbose", "-p", "y"],
        form: [
          { key: "k1", name: "password", value: "x" },
          { name: "password", value: "x" },
          { value: "y", key: "x-api-key" },
          { name: "color", value: "red" },
        ],
      }),
    ).toBe(
      '{"argv":["node","--password","<password>","--token","--verbose","-p","y"],"form":[{"key":"k1","name":"password","value":"<password>"},{"name":"password","value":"<password>"},{"value":"<api-key>","key":"x-api-key"},{"name":"color","value":"red"}]}',
    );
  });

  it("lose texts below `tokens` that look like a secret, and neither words nor counts", () => {
    const given = {
      tokens: {
        github: "q7Rk2mZp9LxV4tBw",
        list: ["the", "a1b2c3d4e5f6a7b8c9", "--pin", "x"],
        password: "x",
        model: "m-8b-2026-10-01-long",
      },
      maxTokens: 4096,
      myTokens: "q7Rk2mZp9LxV4tBw",
    };
    expect(attributes(given)).toBe(
      '{"tokens":{"github":"<token>","list":["the","<token>","--pin","<pin>"],"password":"<password>","model":"m-8b-2026-10-01-long"},"maxTokens":4096,"myTokens":"<token>"}',
    );
    const allowing = createRedaction({ ...plain, allow: ["tokens"] }, "t");
    expect(allowing.attributes({ tokens: [given.myTokens] })).toEqual({ tokens: [given.myTokens] });
    expect(short(formatLine([{ tokens: new Set([given.myTokens]) }], redaction))).toBe("{ tokens: [ '<token>' ] }");
  });

  it("are the same object when there is nothing to take out", () => {
    const given = { a: "x", b: [1, "y"], c: { d: null } };
    expect(redaction.attributes(given)).toBe(given);
  });

  it("keep a key called __proto__", () => {
    const given = JSON.parse('{"__proto__":"x","password":"y"}') as Parameters<typeof redaction.attributes>[0];
    expect(attributes(given)).toBe('{"__proto__":"x","password":"<password>"}');
  });
});

describe("writes to tracked state", () => {
  const text = (value: string) => ({ kind: "primitive", value }) as const;
  const target = objectId(1);
  const written = (operation: Parameters<typeof record>[0]): string => short(JSON.stringify(record(operation)));
  const record = (operation: Extract<Parameters<typeof redaction.record>[0], { kind: "write" }>["operation"]) => {
    const body = redaction.record({ kind: "write", span: 0, location: 0, afterMs: 0, operation });
    return body.kind === "write" ? body.operation : undefined;
  };

  it("lose values by their key and by their form, also in Maps, arrays and buffers", () => {
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";
    expect(written({ kind: "set", target, key: "#password", value: text("x") })).toContain('"value":"<password>"');
    expect(written({ kind: "map-set", target, key: text("cookie"), value: text("a=b") })).toContain('"a=<cookie>"');
    expect(written({ kind: "map-delete", target, key: text(jwt) })).toContain('"<jwt>"');
    expect(written({ kind: "splice", target, start: 0, deleteCount: 0, elements: [text("ok"), text(jwt)] })).toContain(
      '"<jwt>"',
    );
    const bytes = new TextEncoder().encode(`token=${jwt}`);
    const contents = { kind: "bytes", className: "Buffer", bytes, length: bytes.length } as const;
    expect(written({ kind: "contents", target, contents })).toContain('{"kind":"opaque","className":"Buffer <token>"}');
  });

  it("lose values that stand beside the name of a secret, and after its option", () => {
    const elements = [text("--password"), text("x"), text("y")];
    const array = { kind: "array", className: "Array", elements, entries: [] } as const;
    expect(written({ kind: "contents", target, contents: array })).toMatch(/"<password>"\},\{[^}]*"y"/);
    const entries = [
      ["key", text("k")],
      ["name", text("x-api-key")],
      ["value", text("x")],
    ] as const;
    const contents = { kind: "object", className: "Object", entries } as const;
    expect(written({ kind: "contents", target, contents })).toContain(
      '["value",{"kind":"primitive","value":"<api-key>"}]',
    );
  });

  it("lose what an element holds whose end was cut off", () => {
    const value = { kind: "cut", start: "<a><password>x1 x2 and", length: 90_000 } as const;
    expect(written({ kind: "set", target, key: "body", value })).toContain('"start":"<a><password><password> "');
  });

  it("stay the same objects when there is nothing to take out", () => {
    const contents = { kind: "map", className: "Map", pairs: [[text("a"), text("b")]] } as const;
    const operation = { kind: "contents", target, contents } as const;
    expect(record(operation)).toBe(operation);
  });

  it("leave out objects under a secret's name", () => {
    expect(
      [redaction.placeholder("credentials"), redaction.placeholder("account")].map((name) => short(name ?? "-")),
    ).toEqual(["<credentials>", "-"]);
  });
});

describe("other ways out", () => {
  it("arguments: the one after a secret's flag, and what is joined to it", () => {
    const given = [
      "node",
      "app.js",
      "--password",
      "hunter2",
      "--api-key=abc",
      "-u",
      "bob:pw",
      "--verbose",
      "--port",
      "80",
    ];
    expect(redactedArguments(given, redaction).map(short)).toEqual([
      "node",
      "app.js",
      "--password",
      "<password>",
      "--api-key=<api-key>",
      "-u",
      "bob:<password>",
      "--verbose",
      "--port",
      "80",
    ]);
  });

  it("what console prints: the word after one that is a secret's name", () => {
    const line = (...args: unknown[]): string => short(formatLine(redactedBesideNames(args, redaction), redaction));
    expect(line("token", "x1", "password", "x2")).toBe("token <token> password <password>");
    expect(line("token", "expired", 1, "cookie", "of 2 users", "a", "x1")).toBe(
      "token expired 1 cookie of 2 users a x1",
    );
    expect(line("checking token", "for", "bob")).toBe("checking token for bob");
    const given = ["user", "bob"];
    expect(redactedBesideNames(given, redaction)).toBe(given);
  });

  it("objects that console prints, whatever their texts hold", () => {
    const line = formatLine(
      ["login", { credentials: { note: "}, pass: 'q'", pass: "z" }, headers: ["Cookie", "a=b"] }],
      redaction,
    );
    expect(short(line)).toBe(
      "login { credentials: { note: '<credentials>', pass: '<credentials>' }, headers: [ 'Cookie', 'a=<cookie>' ] }",
    );
  });

  it("a cut never leaves the beginning of a secret", () => {
    const secret = `ghp_${"a1".repeat(18)}`;
    for (let units = 10; units < 60; units++) {
      const cut = cutBetweenWords(`it is ${secret} or 4111 1111 1111 1111`, units);
      expect(/ghp_|4111/.test(redaction.text(cut))).toBe(false);
    }
    expect(cutBetweenWords("x".repeat(5000), 4096)).toHaveLength(4096);
  });
});

describe("settings", () => {
  it("add names and prefixes, and allow names and kinds", () => {
    const own = createRedaction(
      { ...plain, keys: ["memberNo"], prefixes: ["acme."], allow: ["jwt", "designToken"] },
      "t",
    );
    const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";
    expect(short(own.text(`memberNo=17 acme.x1y2z3 designToken=blue ${jwt}`))).toBe(
      `memberNo=<memberno> <custom> designToken=blue ${jwt}`.replace("memberno", "member-no"),
    );
  });

  it("switch everything off", () => {
    const off = createRedaction({ ...plain, enabled: false }, "t");
    expect([off.text("password=x"), off.isHarmlessName("password"), off.counts.size]).toEqual(["password=x", true, 0]);
  });

  it("do not keep the counts from being exact: asking counts nothing", () => {
    const counting = createRedaction(plain, "t");
    counting.isHarmlessText("password=x");
    counting.text("password=x password=y");
    expect([...counting.counts]).toEqual([["password", 2]]);
  });
});

describe("what was looked through before", () => {
  it("changes nothing about what is found in random text", () => {
    const random = randomFrom(5);
    const words = [
      "password",
      "=",
      ":",
      " ",
      '"',
      "x",
      "token",
      "\\",
      "4111111111111111",
      "eyJhbGciOiJ9",
      ".",
      "%3D",
      "&",
      "{",
      "}",
      "basic",
      "bearer",
      "--",
      "eyJhbGci",
    ];
    const texts = Array.from({ length: 2000 }, () =>
      Array.from({ length: 12 }, () => words[Math.floor(random() * words.length)] ?? "").join(""),
    );
    const used = createRedaction(plain, "t");
    const wrong = texts.filter((text) => {
      const found = used.text(text);
      const written = new TextEncoder().encode(text);
      if (used.showsNothing(written, 0, written.length) && found !== text) return true;
      return found !== createRedaction(plain, "t").text(text) || used.isHarmlessText(text) !== (found === text);
    });
    expect(wrong).toEqual([]);
  });
});

// Secrets that can be told by what surrounds them: URLs, headers, statements of SQL. What is said of `token-patterns.ts` holds here.
import { type TokenPattern, atStart } from "./token-patterns.js";

const anyCase = (words: string): string =>
  words.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`).replaceAll(" ", String.raw`\s{1,4}`);

/** What stands in front of a quoted password in SQL: `PASSWORD '…'`, `PASSWORD('…')`, `SET PASSWORD FOR 'bob'@'%' = '…'`. */
const sqlPassword = String.raw`\b(?:${anyCase("identified")}\s{1,4}(?:${anyCase("with")}\s{1,4}\S{1,64}\s{1,4})?(?:${anyCase("by")}|${anyCase("as")})\s{1,4}|${anyCase("password")}(?:\s{1,4}${anyCase("for")}\s{1,4}[^\s=]{1,128}\s{0,4}=\s{0,4}|\s?\(\s?|\s{1,4}))`;

/** Passwords in these are often not written for a URL. */
const databaseUrl = String.raw`\b(?:postgres|postgresql|mysql|mariadb|mongodb|mongodb\+srv|rediss?|amqps?|mssql|clickhouse)://`;

/** What surrounds these says what they are: only the group is secret. A word in small letters is no credential. */
/** Begins each of the two, and what may stand between that and the quote. */
const quotedPassword = {
  signs: ["password", "identified"],
  near: /password(?:\s{1,4}[Ff][Oo][Rr]\s|\s?\(\s?[EeNn]?['"]|\s{1,4}[EeNn]?['"])|identified\s/iy,
} as const;
/** In front of a "@", without which they hold no password. */
const inUrl = { signs: ["://"], near: /:\/\/[^\s"'<>]{0,1024}@/y } as const;

export const framedPatterns: readonly TokenPattern[] = [
  { kind: "url-password", pattern: /(?<=:\/\/[^\s/?#"'<>@:]{0,256}:)[^\s/?#"'<>]{1,512}(?=@)/g, ...inUrl },
  {
    kind: "url-password",
    pattern: new RegExp(
      String.raw`(?<=${databaseUrl}[^\s/?#"'<>@:]{0,256}:)(?!\d{1,5}[/?#])[^\s"'<>]{1,512}(?=@)`,
      "g",
    ),
    ...inUrl,
  },
  { kind: "url-token", pattern: /(?<=https?:\/\/)[A-Za-z0-9_-]{16,255}(?=@)/g, ...inUrl },
  {
    kind: "url-password",
    pattern: /(?<=\w:)[^\s:@/"']{1,256}(?=@(?:tcp|unix|udp)\()/g,
    signs: ["@tcp(", "@unix(", "@udp("],
  },
  {
    kind: "bearer",
    pattern:
      /(?<=\b(?:[Bb]earer|BEARER)(?:\s{1,4}|%20|\+))(?![A-Za-z]?[a-z]{1,23}(?![\w.~+/=-]))[A-Za-z0-9._~+/=-]{8,4096}/g,
    signs: ["bearer"],
    near: /bearer(?:\s{1,4}|%20|\+)[A-Za-z0-9._~+/=-]{8}/iy,
  },
  {
    kind: "basic",
    pattern: /(?<=\b(?:[Bb]asic|BASIC)(?:\s{1,4}|%20|\+))(?![A-Za-z]?[a-z]{1,23}(?![\w+/=-]))[A-Za-z0-9+/=_-]{8,1024}/g,
    signs: ["basic"],
    near: /basic(?:\s{1,4}|%20|\+)[A-Za-z0-9+/=_-]{8}/iy,
  },
  { kind: "signature", pattern: /(?<=\bSignature=)[0-9a-f]{64}(?![0-9a-f])/g, signs: ["Signature="] },
  { kind: "authorization", pattern: /(?<=\bresponse=")[0-9a-f]{32,64}(?=")/g, signs: ['response="'] },
  {
    kind: "password",
    pattern: /(?<=(?:\s-u|--user)[ =]["']?[^\s:"']{1,64}:)[^\s"']{1,256}/g,
    signs: ["-u ", "-u=", "--user"],
  },
  {
    kind: "password",
    pattern: new RegExp(String.raw`(?<=${sqlPassword}[EeNn]?')(?:[^']|''){1,256}`, "g"),
    ...quotedPassword,
  },
  { kind: "password", pattern: new RegExp(String.raw`(?<=${sqlPassword}")[^"]{1,256}`, "g"), ...quotedPassword },
  {
    kind: "password",
    pattern:
      /(?<=\bIDENTIFIED BY\s{1,4})(?!(?:PASSWORD|VALUES|RANDOM|EXTERNALLY)\b|\[redacted:)[^\s'"`;$?:@\\]{1,256}/g,
    signs: ["identified by"],
  },
  { kind: "password", pattern: /(?<=jdbc:oracle:\w{2,8}:[^\s/@]{1,64}\/)[^\s@]{1,256}(?=@)/g, signs: ["jdbc:oracle:"] },
  {
    kind: "ssh-private-key",
    pattern: /b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=\s]{16,16384}/g,
    signs: ["b3BlbnNzaC1rZXktdjE"],
    offsets: atStart,
  },
];

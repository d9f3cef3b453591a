// Secrets of many kinds, made from a seed, and every way they could be written: what to look for where none may be.
import { randomFrom } from "../../src/shared/base/random.test-support.js";

export interface Planted {
  readonly kind: string;
  /** What the program puts somewhere. */
  readonly text: string;
  /** The parts of it that are secret. */
  readonly secrets: readonly string[];
}

export interface Named {
  readonly name: string;
  readonly secret: string;
}

const lower = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const hexDigits = "0123456789abcdef";
const alphanumeric = lower + lower.toUpperCase() + digits;

/** Names whose values are secret, in the ways people write them. */
const names = [
  "password",
  "DB_PASSWORD",
  "session_id",
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "passwd",
  "psw",
  "hmacKey",
  "kubeconfig",
  "securityAnswer",
  "pwd",
  "passphrase",
  "secret",
  "client_secret",
  "clientSecret",
  "token",
  "accessToken",
  "refresh_token",
  "id_token",
  "api_key",
  "x-api-key",
  "apikey",
  "privateKey",
  "sessionId",
  "csrfToken",
  "x-xsrf-token",
  "otp",
  "ssn",
  "creditCard",
  "cvv",
  "connectionString",
  "dsn",
  "aws_secret_access_key",
  "userPassword2",
  "passwordHash",
] as const;

export function plantedSecrets(seed: number): {
  readonly shaped: readonly Planted[];
  readonly named: readonly Named[];
} {
  const random = randomFrom(seed);
  const some = (units: string, count: number): string =>
    Array.from({ length: count }, () => units[Math.floor(random() * units.length)] ?? "x").join("");
  const whole = (kind: string, text: string): Planted => ({ kind, text, secrets: [text] });
  const part = (kind: string, before: string, secret: string, after = ""): Planted => ({
    kind,
    text: before + secret + after,
    secrets: [secret],
  });
  const base64 = (length: number): string => some(`${alphanumeric}+/`, length);
  const pem = (title: string): Planted => {
    const lines = Array.from({ length: 6 }, () => base64(64));
    return {
      kind: title,
      text: `-----BEGIN ${title}-----\n${lines.join("\n")}\n-----END ${title}-----`,
      secrets: lines,
    };
  };
  const jwt = `eyJ${some(alphanumeric, 20)}.eyJ${some(alphanumeric, 40)}.${some(alphanumeric, 43)}`;
  const [accessKey, secretKey] = [`AKIA${some(lower.toUpperCase() + digits, 16)}`, base64(40)];
  const shaped: Planted[] = [
    whole("JWT", jwt),
    part("bearer", "Bearer ", some(alphanumeric, 32)),
    part("basic", "Basic ", Buffer.from(`bob:${some(alphanumeric, 16)}`).toString("base64")),
    whole("AWS access key", `ASIA${some(lower.toUpperCase() + digits, 16)}`),
    { kind: "AWS key pair", text: `${accessKey} ${secretKey}`, secrets: [accessKey, secretKey] },
    whole("GitHub", `ghp_${some(alphanumeric, 36)}`),
    whole("GitHub OAuth", `gho_${some(alphanumeric, 36)}`),
    whole("GitHub fine-grained", `github_pat_${some(alphanumeric, 22)}_${some(alphanumeric, 59)}`),
    whole("GitLab", `glpat-${some(alphanumeric, 20)}`),
    whole("Slack bot", `xoxb-${some(digits, 12)}-${some(alphanumeric, 24)}`),
    whole("Slack app", `xapp-1-${some(alphanumeric, 11)}-${some(digits, 13)}-${some(hexDigits, 64)}`),
    part(
      "Slack webhook",
      "https://hooks.slack.com/services/",
      `T${some(digits, 8)}/B${some(digits, 8)}/${some(alphanumeric, 24)}`,
    ),
    part("Discord webhook", "https://discord.com/api/webhooks/", `${some(digits, 18)}/${some(alphanumeric, 68)}`),
    whole("Discord", `M${some(alphanumeric, 25)}.${some(alphanumeric, 6)}.${some(alphanumeric, 38)}`),
    whole("Figma", `figd_${some(alphanumeric, 40)}`),
    whole("Notion", `ntn_${some(alphanumeric, 46)}`),
    whole("Airtable", `pat${some(alphanumeric, 14)}.${some(hexDigits, 64)}`),
    whole("Supabase", `sbp_${some(hexDigits, 40)}`),
    whole("Fly", `fo1_${some(alphanumeric, 43)}`),
    whole("Netlify", `nfp_${some(alphanumeric, 36)}`),
    whole("Vercel", `vcp_${some(alphanumeric, 56)}`),
    whole("PlanetScale", `pscale_tkn_${some(alphanumeric, 43)}`),
    whole("Heroku", `HRKU-${some(alphanumeric, 60)}`),
    whole("Groq", `gsk_${some(alphanumeric, 52)}`),
    whole("Replicate", `r8_${some(alphanumeric, 37)}`),
    whole("Perplexity", `pplx-${some(alphanumeric, 48)}`),
    whole("xAI", `xai-${some(alphanumeric, 80)}`),
    whole("Contentful", `CFPAT-${some(alphanumeric, 43)}`),
    whole("Dynatrace", `dt0c01.${some(lower.toUpperCase(), 24)}.${some(lower.toUpperCase(), 64)}`),
    whole("Pulumi", `pul-${some(hexDigits, 40)}`),
    whole("Terraform", `${some(alphanumeric, 14)}.atlasv1.${some(alphanumeric, 67)}`),
    part("AWS signature", "SignedHeaders=host, Signature=", some(hexDigits, 64)),
    part("digest alone", 'username="bob", nonce="1", response="', some(hexDigits, 32), '"'),
    whole("Stripe", `sk_live_${some(alphanumeric, 24)}`),
    whole("Stripe restricted", `rk_live_${some(alphanumeric, 24)}`),
    whole("Stripe webhook", `whsec_${some(alphanumeric, 32)}`),
    whole("Google API", `AIza${some(alphanumeric, 35)}`),
    whole("Google OAuth", `ya29.${some(alphanumeric, 60)}`),
    whole("OpenAI", `sk-${some(alphanumeric, 48)}`),
    whole("OpenAI project", `sk-proj-${some(alphanumeric, 48)}`),
    whole("Anthropic", `sk-ant-api03-${some(alphanumeric, 90)}`),
    whole("npm", `npm_${some(alphanumeric, 36)}`),
    whole("PyPI", `pypi-${some(alphanumeric, 60)}`),
    whole("SendGrid", `SG.${some(alphanumeric, 22)}.${some(alphanumeric, 43)}`),
    whole("Twilio", `SK${some(hexDigits, 32)}`),
    whole("Mailgun", `key-${some(hexDigits, 32)}`),
    whole("DigitalOcean", `dop_v1_${some(hexDigits, 64)}`),
    whole("Shopify", `shpat_${some(hexDigits, 32)}`),
    whole("Hugging Face", `hf_${some(alphanumeric, 34)}`),
    whole("Vault", `hvs.${some(alphanumeric, 90)}`),
    whole("Docker", `dckr_pat_${some(alphanumeric, 27)}`),
    whole("Telegram", `${some("123456789", 9)}:AA${some(alphanumeric, 33)}`),
    pem("RSA PRIVATE KEY"),
    pem("OPENSSH PRIVATE KEY"),
    pem("PRIVATE KEY"),
    part("postgres", "postgres://app:", some(alphanumeric, 18), "@db.internal:5432/app"),
    part("mongodb", "mongodb+srv://app:", some(alphanumeric, 18), "@cluster.example.net/app"),
    part("redis", "redis://:", some(alphanumeric, 18), "@cache:6379/0"),
    part("amqp", "amqp://guest:", some(alphanumeric, 18), "@mq:5672"),
    part("mysql", "mysql://root:", some(alphanumeric, 18), "@db/app"),
    part("URL with a user", "https://bob:", some(alphanumeric, 18), "@example.com/path?x=1"),
    part("XML element", "<password>", some(alphanumeric, 18), "</password>"),
    part("XML element with attributes", '<wsse:Password Type="text">', some(alphanumeric, 18), "</wsse:Password>"),
    part("XML data", "<secret><![CDATA[", some(alphanumeric, 18), "]]></secret>"),
    part("XML elements inside", "<credentials><item>", some(alphanumeric, 18), "</item></credentials>"),
    part("XML entry", '<entry key="password">', some(alphanumeric, 18), "</entry>"),
    part("HTML input", '<input type="hidden" name="csrf_token" value="', some(alphanumeric, 18), '">'),
    part("name and value", '{"name":"password","value":"', some(alphanumeric, 18), '"}'),
    part("value and name", '{"value":"', some(alphanumeric, 18), '","name":"x-api-key"}'),
    part("name and value in YAML", "- name: DB_PASSWORD\n  value: ", some(alphanumeric, 18)),
    part("several lines of YAML", "password: |\n  ", some(alphanumeric, 18), "\nuser: bob"),
    part("next line of YAML", "password:\n    ", some(alphanumeric, 18), "\nuser: bob"),
    part("list of YAML", "passwords:\n  - ", some(alphanumeric, 18), "\nuser: bob"),
    part("list of options", '["--password","', some(alphanumeric, 18), '","--force"]'),
    part("option", "mysqldump --password ", some(alphanumeric, 18), " --force"),
    part("SQL IDENTIFIED BY", "ALTER USER bob IDENTIFIED BY '", some(alphanumeric, 18), "'"),
    part("SQL PASSWORD", "ALTER ROLE bob WITH LOGIN PASSWORD '", some(alphanumeric, 18), "' VALID UNTIL 'infinity'"),
    part("SQL function", "UPDATE users SET password = crypt('", some(alphanumeric, 18), "', gen_salt('bf'))"),
    part("field of a form", 'form-data; name="password"\r\n\r\n', some(alphanumeric, 18), "\r\n--boundary"),
    part("query", "GET /account?session=", some(alphanumeric, 18), "&page=2"),
    part("digest", 'Authorization: Digest username="bob", response="', some(hexDigits, 32), '"'),
    part("cookies", 'Cookie: theme="dark blue"; sid=', some(alphanumeric, 18), ""),
    part("coloured", "\u001b[32m'password'\u001b[39m: \u001b[32m'", some(alphanumeric, 18), "'\u001b[39m"),
    part("JDBC", "jdbc:oracle:thin:scott/", some(alphanumeric, 18), "@//db:1521/app"),
    whole("card", cardNumber("4", 16, some(digits, 16))),
    whole("card in groups", cardNumber("5", 16, `3${some(digits, 15)}`).replace(/(.{4})(?=.)/g, "$1 ")),
    whole("card with dashes", cardNumber("4", 16, some(digits, 16)).replace(/(.{4})(?=.)/g, "$1-")),
    whole("American Express", cardNumber("37", 15, some(digits, 15))),
  ];
  const named = names.map((name) => ({ name, secret: `${some(alphanumeric, 10)}!${some(alphanumeric, 6)}` }));
  return { shaped, named };
}

function cardNumber(prefix: string, length: number, filling: string): string {
  const body = (prefix + filling).slice(0, length - 1);
  let sum = 0;
  for (let at = 0; at < body.length; at++) {
    const digit = Number(body[body.length - 1 - at]);
    const doubled = at % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return body + String((10 - (sum % 10)) % 10);
}

/** The secret as it is, for a URL, within JSON, and in base64 at each of the three places it can begin at. */
export function formsOf(secret: string): string[] {
  const inBase64 = ["", "x", "xx"].flatMap((before) => {
    const [from, to] = [before === "" ? 0 : 4, -4];
    const text = Buffer.from(before + secret)
      .toString("base64")
      .slice(from, to);
    return text.length >= 12 ? [text, text.replaceAll("+", "-").replaceAll("/", "_")] : [];
  });
  const forms = [secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret)), ...inBase64];
  return [...new Set([...forms, JSON.stringify(secret).slice(1, -1), Buffer.from(secret).toString("hex")])];
}

// Secrets that can be told by their own form, wherever they stand. Each pattern is matched in time proportional to the
// text: every repetition is bounded or ends at a character it cannot itself contain, and none is nested in another.
// A pattern without a left border begins with something no word contains; in escaped text ("\nghp_…") a letter may precede.

export interface TokenPattern {
  readonly kind: string;
  readonly pattern: RegExp;
}

/** Where a token may begin that looks like part of a word: not after a letter or digit, unless that ends an escape. */
const border = String.raw`(?<=^|[^A-Za-z0-9]|\\[nrt])`;
const whole = (source: string, flags = "g"): RegExp => new RegExp(border + source, flags);

/** Keys written over several lines; a text that was cut ends within one. Before all others, which would see parts of it. */
export const blockPatterns: readonly TokenPattern[] = [
  {
    kind: "private-key",
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  { kind: "private-key", pattern: /PuTTY-User-Key-File-\d[^]*?(?:Private-MAC: [0-9a-f]{1,128}|$)/g },
  { kind: "private-key", pattern: /AGE-SECRET-KEY-1[0-9A-Z]{20,80}/g },
];

export const tokenPatterns: readonly TokenPattern[] = [
  { kind: "aws-access-key", pattern: whole("(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])") },
  { kind: "github-token", pattern: /gh[oprsu]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}/g },
  { kind: "gitlab-token", pattern: /(?:glpat|gldt|glrt|glptt|glcbt|glsoat|glft)-[A-Za-z0-9_.-]{16,255}/g },
  { kind: "slack-webhook", pattern: /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9_/]{8,255}/g },
  { kind: "slack-token", pattern: /xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{8,255}|xapp-\d-[A-Za-z0-9-]{8,255}/g },
  { kind: "discord-webhook", pattern: /(?<=discord(?:app)?\.com\/api\/webhooks\/)\d{5,25}\/[\w-]{16,255}/g },
  { kind: "discord-token", pattern: whole("[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}") },
  { kind: "teams-webhook", pattern: /(?<=webhook\.office\.com\/)[\w@/-]{16,512}/g },
  { kind: "stripe-key", pattern: /(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8,255}|whsec_[A-Za-z0-9+/=]{16,255}/g },
  { kind: "google-api-key", pattern: /AIza[A-Za-z0-9_-]{30,60}/g },
  { kind: "google-oauth", pattern: /ya29\.[A-Za-z0-9_-]{16,2048}|GOCSPX-[A-Za-z0-9_-]{20,60}/g },
  { kind: "anthropic-key", pattern: whole("sk-ant-[A-Za-z0-9_-]{16,255}") },
  { kind: "openai-key", pattern: whole("sk-(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,255}") },
  { kind: "npm-token", pattern: /npm_[A-Za-z0-9]{30,60}/g },
  { kind: "pypi-token", pattern: /pypi-[A-Za-z0-9_-]{32,512}/g },
  { kind: "sendgrid-key", pattern: whole("SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,128}") },
  { kind: "twilio-key", pattern: whole("SK[0-9a-f]{32}(?![A-Za-z0-9])") },
  { kind: "mailgun-key", pattern: whole("key-[0-9a-f]{32}(?![A-Za-z0-9])") },
  { kind: "mailchimp-key", pattern: whole("[0-9a-f]{32}-us\\d{1,2}(?![A-Za-z0-9])") },
  { kind: "digitalocean-token", pattern: /do[opr]_v1_[0-9a-f]{32,128}/g },
  { kind: "shopify-token", pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g },
  { kind: "square-token", pattern: /sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,64}/g },
  { kind: "hugging-face-token", pattern: whole("hf_[A-Za-z0-9]{30,60}") },
  { kind: "grafana-token", pattern: /gl(?:sa|c)_[A-Za-z0-9_+/=]{32,255}/g },
  { kind: "vault-token", pattern: whole("hv[sbr]\\.[A-Za-z0-9_-]{20,300}") },
  { kind: "linear-key", pattern: /lin_(?:api|oauth)_[A-Za-z0-9]{32,64}/g },
  { kind: "postman-key", pattern: /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/g },
  { kind: "new-relic-key", pattern: /NRAK-[A-Z0-9]{27}|NRJS-[0-9a-f]{19}/g },
  { kind: "atlassian-token", pattern: /ATATT3[A-Za-z0-9_=+/-]{24,512}/g },
  { kind: "docker-token", pattern: /dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,64}/g },
  { kind: "databricks-token", pattern: whole("dapi[0-9a-f]{32}(?:-\\d)?(?![A-Za-z0-9])") },
  { kind: "telegram-token", pattern: whole("\\d{8,10}:AA[A-Za-z0-9_-]{32,36}") },
  { kind: "facebook-token", pattern: whole("EAA[A-Za-z0-9]{60,512}") },
  { kind: "sentry-token", pattern: /sntry[su]_[A-Za-z0-9_=+/-]{32,512}/g },
  { kind: "doppler-token", pattern: /dp\.(?:pt|st|ct|sa|scim)\.[A-Za-z0-9._-]{32,128}/g },
  { kind: "figma-token", pattern: /figd_[A-Za-z0-9_-]{20,255}/g },
  { kind: "notion-token", pattern: whole("ntn_[A-Za-z0-9]{30,64}|secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])") },
  { kind: "airtable-token", pattern: whole("pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}") },
  { kind: "supabase-key", pattern: /sbp_[0-9a-f]{32,64}|sb_secret_[A-Za-z0-9_-]{20,80}/g },
  { kind: "fly-token", pattern: /fo1_[A-Za-z0-9_-]{20,512}|fm[12][ar]?_[A-Za-z0-9+/=_-]{40,2048}/g },
  { kind: "netlify-token", pattern: whole("nf[pc]_[A-Za-z0-9]{30,64}") },
  { kind: "vercel-token", pattern: whole("vc[pciark]_[A-Za-z0-9]{24,80}") },
  { kind: "planetscale-token", pattern: /pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{20,255}/g },
  { kind: "heroku-key", pattern: /HRKU-[A-Za-z0-9_-]{30,80}/g },
  { kind: "groq-key", pattern: whole("gsk_[A-Za-z0-9]{30,80}") },
  { kind: "replicate-token", pattern: whole("r8_[A-Za-z0-9]{30,50}") },
  { kind: "perplexity-key", pattern: /pplx-[A-Za-z0-9]{32,80}/g },
  { kind: "xai-key", pattern: whole("xai-[A-Za-z0-9]{40,120}") },
  { kind: "cloudflare-key", pattern: whole("v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,200}") },
  { kind: "contentful-token", pattern: /CFPAT-[A-Za-z0-9_-]{30,64}/g },
  { kind: "dynatrace-token", pattern: whole("dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}") },
  { kind: "pulumi-token", pattern: whole("pul-[0-9a-f]{40}") },
  { kind: "terraform-token", pattern: whole("[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{40,80}") },
  { kind: "azure-key", pattern: /(?<![A-Za-z0-9+/=]|sha512-)[A-Za-z0-9+/]{86}==/g },
  // A token that was cut has no third part, and perhaps no second.
  { kind: "jwt", pattern: /eyJ[A-Za-z0-9_-]{8,16384}(?:\.[A-Za-z0-9_-]{0,16384}){0,4}/g },
];

/** An AWS secret has no form of its own; beside an access key, forty such characters are it. */
export const awsSecret: TokenPattern = {
  kind: "aws-secret-key",
  pattern: /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
};

const anyCase = (words: string): string =>
  words.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`).replaceAll(" ", String.raw`\s{1,4}`);

/** What stands in front of a quoted password in SQL: `PASSWORD '…'`, `PASSWORD('…')`, `SET PASSWORD FOR 'bob'@'%' = '…'`. */
const sqlPassword = String.raw`\b(?:${anyCase("identified")}\s{1,4}(?:${anyCase("with")}\s{1,4}\S{1,64}\s{1,4})?(?:${anyCase("by")}|${anyCase("as")})\s{1,4}|${anyCase("password")}(?:\s{1,4}${anyCase("for")}\s{1,4}[^\s=]{1,128}\s{0,4}=\s{0,4}|\s?\(\s?|\s{1,4}))`;

/** Passwords in these are often not written for a URL. */
const databaseUrl = String.raw`\b(?:postgres|postgresql|mysql|mariadb|mongodb|mongodb\+srv|rediss?|amqps?|mssql|clickhouse)://`;

/** What surrounds these says what they are: only the group is secret. A word in small letters is no credential. */
export const framedPatterns: readonly TokenPattern[] = [
  { kind: "url-password", pattern: /(?<=:\/\/[^\s/?#"'<>@:]{0,256}:)[^\s/?#"'<>]{1,512}(?=@)/g },
  {
    kind: "url-password",
    pattern: new RegExp(
      String.raw`(?<=${databaseUrl}[^\s/?#"'<>@:]{0,256}:)(?!\d{1,5}[/?#])[^\s"'<>]{1,512}(?=@)`,
      "g",
    ),
  },
  { kind: "url-token", pattern: /(?<=https?:\/\/)[A-Za-z0-9_-]{16,255}(?=@)/g },
  { kind: "url-password", pattern: /(?<=\w:)[^\s:@/"']{1,256}(?=@(?:tcp|unix|udp)\()/g },
  {
    kind: "bearer",
    pattern:
      /(?<=\b(?:[Bb]earer|BEARER)(?:\s{1,4}|%20|\+))(?![A-Za-z]?[a-z]{1,23}(?![\w.~+/=-]))[A-Za-z0-9._~+/=-]{8,4096}/g,
  },
  {
    kind: "basic",
    pattern: /(?<=\b(?:[Bb]asic|BASIC)(?:\s{1,4}|%20|\+))(?![A-Za-z]?[a-z]{1,23}(?![\w+/=-]))[A-Za-z0-9+/=_-]{8,1024}/g,
  },
  { kind: "signature", pattern: /(?<=\bSignature=)[0-9a-f]{64}(?![0-9a-f])/g },
  { kind: "authorization", pattern: /(?<=\bresponse=")[0-9a-f]{32,64}(?=")/g },
  { kind: "password", pattern: /(?<=(?:\s-u|--user)[ =]["']?[^\s:"']{1,64}:)[^\s"']{1,256}/g },
  { kind: "password", pattern: new RegExp(String.raw`(?<=${sqlPassword}[EeNn]?')(?:[^']|''){1,256}`, "g") },
  { kind: "password", pattern: new RegExp(String.raw`(?<=${sqlPassword}")[^"]{1,256}`, "g") },
  {
    kind: "password",
    pattern:
      /(?<=\bIDENTIFIED BY\s{1,4})(?!(?:PASSWORD|VALUES|RANDOM|EXTERNALLY)\b|\[redacted:)[^\s'"`;$?:@\\]{1,256}/g,
  },
  { kind: "password", pattern: /(?<=jdbc:oracle:\w{2,8}:[^\s/@]{1,64}\/)[^\s@]{1,256}(?=@)/g },
  { kind: "ssh-private-key", pattern: /b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=\s]{16,16384}/g },
];

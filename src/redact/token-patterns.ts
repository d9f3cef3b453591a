// Secrets that can be told by their own form, wherever they stand. Each pattern is matched in time proportional to the
// text: every repetition is bounded or ends at a character it cannot itself contain, and none is nested in another.
// A pattern without a left border begins with something no word contains; in escaped text ("\nghp_…") a letter may precede.
// Each names its signs: without one of them in the text it matches nowhere, so that most texts need none of these patterns.

export interface TokenPattern {
  readonly kind: string;
  readonly pattern: RegExp;
  /** Wherever the pattern matches one of these is in the match or before it, in any case. */
  readonly signs: readonly string[];
  /** How far into a match its sign stands: there it is tried. Without, it is tried on all of the text, unless `near` says no. */
  readonly offsets?: readonly number[];
  /** What a sign and the text around it look like at least, matched at the sign. */
  readonly near?: RegExp;
  /** Asked of the text where there is no sign. */
  readonly mayMatch?: (text: string) => boolean;
}

/** Of patterns that begin with their sign. */
export const atStart: readonly number[] = [0];

/** Where a token may begin that looks like part of a word: not after a letter or digit, unless that ends an escape. */
const border = String.raw`(?<=^|[^A-Za-z0-9]|\\[nrt])`;
const whole = (source: string, flags = "g"): RegExp => new RegExp(border + source, flags);

/** Keys written over several lines; a text that was cut ends within one. Before all others, which would see parts of it. */
export const blockPatterns: readonly TokenPattern[] = [
  {
    kind: "private-key",
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    signs: ["-----BEGIN "],
    offsets: atStart,
  },
  {
    kind: "private-key",
    pattern: /PuTTY-User-Key-File-\d[^]*?(?:Private-MAC: [0-9a-f]{1,128}|$)/g,
    signs: ["PuTTY-User-Key-File-"],
    offsets: atStart,
  },
  { kind: "private-key", pattern: /AGE-SECRET-KEY-1[0-9A-Z]{20,80}/g, signs: ["AGE-SECRET-KEY-1"], offsets: atStart },
];

const afterDot = /\.[\w-]{6}\.[\w-]{27}/y;

/** Dots with six characters between them, as a Discord token has them; it has no word of its own. */
function hasDotsApart(text: string): boolean {
  for (let dot = text.indexOf("."), next = 0; dot >= 0; dot = next) {
    next = text.indexOf(".", dot + 1);
    afterDot.lastIndex = dot;
    if (next === dot + 7 && afterDot.test(text)) return true;
  }
  return false;
}

const twilioSigns = Array.from("0123456789abcdef", (digit) => `SK${digit}`);

export const tokenPatterns: readonly TokenPattern[] = [
  {
    kind: "aws-access-key",
    pattern: whole("(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    signs: ["AKIA", "ASIA", "ABIA", "ACCA"],
    offsets: atStart,
  },
  {
    kind: "github-token",
    pattern: /gh[oprsu]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}/g,
    signs: ["gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_"],
    offsets: atStart,
  },
  {
    kind: "gitlab-token",
    pattern: /(?:glpat|gldt|glrt|glptt|glcbt|glsoat|glft)-[A-Za-z0-9_.-]{16,255}/g,
    signs: ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-", "glft-"],
    offsets: atStart,
  },
  {
    kind: "slack-webhook",
    pattern: /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9_/]{8,255}/g,
    signs: ["hooks.slack.com/"],
  },
  {
    kind: "slack-token",
    pattern: /xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{8,255}|xapp-\d-[A-Za-z0-9-]{8,255}/g,
    signs: ["xox", "xapp-"],
    offsets: atStart,
  },
  {
    kind: "discord-webhook",
    pattern: /(?<=discord(?:app)?\.com\/api\/webhooks\/)\d{5,25}\/[\w-]{16,255}/g,
    signs: ["/api/webhooks/"],
  },
  {
    kind: "discord-token",
    pattern: whole("[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}"),
    signs: [],
    mayMatch: hasDotsApart,
  },
  { kind: "teams-webhook", pattern: /(?<=webhook\.office\.com\/)[\w@/-]{16,512}/g, signs: ["webhook.office.com/"] },
  {
    kind: "stripe-key",
    pattern: /(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{8,255}|whsec_[A-Za-z0-9+/=]{16,255}/g,
    signs: ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"],
    offsets: atStart,
  },
  { kind: "google-api-key", pattern: /AIza[A-Za-z0-9_-]{30,60}/g, signs: ["AIza"], offsets: atStart },
  {
    kind: "google-oauth",
    pattern: /ya29\.[A-Za-z0-9_-]{16,2048}|GOCSPX-[A-Za-z0-9_-]{20,60}/g,
    signs: ["ya29.", "GOCSPX-"],
    offsets: atStart,
  },
  { kind: "anthropic-key", pattern: whole("sk-ant-[A-Za-z0-9_-]{16,255}"), signs: ["sk-ant-"], offsets: atStart },
  {
    kind: "openai-key",
    pattern: whole("sk-(?:(?:proj|svcacct|admin|None)-)?[A-Za-z0-9_-]{20,255}"),
    signs: ["sk-"],
    offsets: atStart,
  },
  { kind: "npm-token", pattern: /npm_[A-Za-z0-9]{30,60}/g, signs: ["npm_"], offsets: atStart },
  { kind: "pypi-token", pattern: /pypi-[A-Za-z0-9_-]{32,512}/g, signs: ["pypi-"], offsets: atStart },
  {
    kind: "sendgrid-key",
    pattern: whole("SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,128}"),
    signs: ["SG."],
    offsets: atStart,
  },
  { kind: "twilio-key", pattern: whole("SK[0-9a-f]{32}(?![A-Za-z0-9])"), signs: twilioSigns, offsets: atStart },
  { kind: "mailgun-key", pattern: whole("key-[0-9a-f]{32}(?![A-Za-z0-9])"), signs: ["key-"], offsets: atStart },
  { kind: "mailchimp-key", pattern: whole("[0-9a-f]{32}-us\\d{1,2}(?![A-Za-z0-9])"), signs: ["-us"], offsets: [32] },
  {
    kind: "digitalocean-token",
    pattern: /do[opr]_v1_[0-9a-f]{32,128}/g,
    signs: ["doo_v1_", "dop_v1_", "dor_v1_"],
    offsets: atStart,
  },
  {
    kind: "shopify-token",
    pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g,
    signs: ["shpat_", "shpca_", "shppa_", "shpss_"],
    offsets: atStart,
  },
  {
    kind: "square-token",
    pattern: /sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,64}/g,
    signs: ["sq0atp-", "sq0csp-", "sq0idp-"],
    offsets: atStart,
  },
  { kind: "hugging-face-token", pattern: whole("hf_[A-Za-z0-9]{30,60}"), signs: ["hf_"], offsets: atStart },
  { kind: "grafana-token", pattern: /gl(?:sa|c)_[A-Za-z0-9_+/=]{32,255}/g, signs: ["glsa_", "glc_"], offsets: atStart },
  {
    kind: "vault-token",
    pattern: whole("hv[sbr]\\.[A-Za-z0-9_-]{20,300}"),
    signs: ["hvs.", "hvb.", "hvr."],
    offsets: atStart,
  },
  {
    kind: "linear-key",
    pattern: /lin_(?:api|oauth)_[A-Za-z0-9]{32,64}/g,
    signs: ["lin_api_", "lin_oauth_"],
    offsets: atStart,
  },
  { kind: "postman-key", pattern: /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/g, signs: ["PMAK-"], offsets: atStart },
  {
    kind: "new-relic-key",
    pattern: /NRAK-[A-Z0-9]{27}|NRJS-[0-9a-f]{19}/g,
    signs: ["NRAK-", "NRJS-"],
    offsets: atStart,
  },
  { kind: "atlassian-token", pattern: /ATATT3[A-Za-z0-9_=+/-]{24,512}/g, signs: ["ATATT3"], offsets: atStart },
  {
    kind: "docker-token",
    pattern: /dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,64}/g,
    signs: ["dckr_pat_", "dckr_oat_"],
    offsets: atStart,
  },
  {
    kind: "databricks-token",
    pattern: whole("dapi[0-9a-f]{32}(?:-\\d)?(?![A-Za-z0-9])"),
    signs: ["dapi"],
    offsets: atStart,
  },
  { kind: "telegram-token", pattern: whole("\\d{8,10}:AA[A-Za-z0-9_-]{32,36}"), signs: [":AA"], offsets: [8, 9, 10] },
  { kind: "facebook-token", pattern: whole("EAA[A-Za-z0-9]{60,512}"), signs: ["EAA"], offsets: atStart },
  {
    kind: "sentry-token",
    pattern: /sntry[su]_[A-Za-z0-9_=+/-]{32,512}/g,
    signs: ["sntrys_", "sntryu_"],
    offsets: atStart,
  },
  {
    kind: "doppler-token",
    pattern: /dp\.(?:pt|st|ct|sa|scim)\.[A-Za-z0-9._-]{32,128}/g,
    signs: ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim."],
    offsets: atStart,
  },
  { kind: "figma-token", pattern: /figd_[A-Za-z0-9_-]{20,255}/g, signs: ["figd_"], offsets: atStart },
  {
    kind: "notion-token",
    pattern: whole("ntn_[A-Za-z0-9]{30,64}|secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])"),
    signs: ["ntn_", "secret_"],
    offsets: atStart,
  },
  { kind: "airtable-token", pattern: whole("pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}"), signs: ["pat"], offsets: atStart },
  {
    kind: "supabase-key",
    pattern: /sbp_[0-9a-f]{32,64}|sb_secret_[A-Za-z0-9_-]{20,80}/g,
    signs: ["sbp_", "sb_secret_"],
    offsets: atStart,
  },
  {
    kind: "fly-token",
    pattern: /fo1_[A-Za-z0-9_-]{20,512}|fm[12][ar]?_[A-Za-z0-9+/=_-]{40,2048}/g,
    signs: ["fo1_", "fm1", "fm2"],
    offsets: atStart,
  },
  { kind: "netlify-token", pattern: whole("nf[pc]_[A-Za-z0-9]{30,64}"), signs: ["nfp_", "nfc_"], offsets: atStart },
  {
    kind: "vercel-token",
    pattern: whole("vc[pciark]_[A-Za-z0-9]{24,80}"),
    signs: ["vcp_", "vcc_", "vci_", "vca_", "vcr_", "vck_"],
    offsets: atStart,
  },
  {
    kind: "planetscale-token",
    pattern: /pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{20,255}/g,
    signs: ["pscale_"],
    offsets: atStart,
  },
  { kind: "heroku-key", pattern: /HRKU-[A-Za-z0-9_-]{30,80}/g, signs: ["HRKU-"], offsets: atStart },
  { kind: "groq-key", pattern: whole("gsk_[A-Za-z0-9]{30,80}"), signs: ["gsk_"], offsets: atStart },
  { kind: "replicate-token", pattern: whole("r8_[A-Za-z0-9]{30,50}"), signs: ["r8_"], offsets: atStart },
  { kind: "perplexity-key", pattern: /pplx-[A-Za-z0-9]{32,80}/g, signs: ["pplx-"], offsets: atStart },
  { kind: "xai-key", pattern: whole("xai-[A-Za-z0-9]{40,120}"), signs: ["xai-"], offsets: atStart },
  {
    kind: "cloudflare-key",
    pattern: whole("v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,200}"),
    signs: ["v1.0-"],
    offsets: atStart,
  },
  { kind: "contentful-token", pattern: /CFPAT-[A-Za-z0-9_-]{30,64}/g, signs: ["CFPAT-"], offsets: atStart },
  {
    kind: "dynatrace-token",
    pattern: whole("dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}"),
    signs: ["dt0"],
    offsets: atStart,
  },
  { kind: "pulumi-token", pattern: whole("pul-[0-9a-f]{40}"), signs: ["pul-"], offsets: atStart },
  {
    kind: "terraform-token",
    pattern: whole("[A-Za-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_-]{40,80}"),
    signs: [".atlasv1."],
    offsets: [14],
  },
  { kind: "azure-key", pattern: /(?<![A-Za-z0-9+/=]|sha512-)[A-Za-z0-9+/]{86}==/g, signs: ["=="], offsets: [86] },
  // A token that was cut has no third part, and perhaps no second.
  {
    kind: "jwt",
    pattern: /eyJ[A-Za-z0-9_-]{8,16384}(?:\.[A-Za-z0-9_-]{0,16384}){0,4}/g,
    signs: ["eyJ"],
    offsets: atStart,
  },
];

/** An AWS secret has no form of its own; beside an access key, forty such characters are it. */
export const awsSecret: TokenPattern = {
  kind: "aws-secret-key",
  pattern: /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g,
  signs: [],
  mayMatch: () => true,
};

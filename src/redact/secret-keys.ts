// Which names stand for secrets. A name is cut into words (camelCase, dashes, underscores, dots, spaces) and judged by
// the words it ends with: `userPassword` and `x-api-key` are secrets, `tokenCount` and `passwordResetUrl` are not.

/** What a secret is called in its pseudonym and in the counts, and which values a name of that kind covers. */
export interface KeyKind {
  readonly kind: string;
  /** Numbers, too: a PIN is one, but most numbers called "token" are amounts. */
  readonly coversNumbers: boolean;
  /** Only of texts that look like one: below `tokens` are mostly words and counts. */
  readonly isLikely?: true;
}

/** Endings of names, words separated by spaces; a plural of the last word counts, too. */
const endings: Readonly<Record<string, readonly string[]>> = {
  password: [
    "password",
    "passwd",
    "pswd",
    "pwd",
    "psw",
    "pass",
    "passphrase",
    "passcode",
    "pass phrase",
    "pass word",
    "pw",
    "pword",
    "passwort",
    "kennwort",
  ],
  authorization: ["authorization", "auth", "auth header", "www authenticate", "authentication info"],
  cookie: ["cookie", "set cookie", "cookie jar"],
  token: ["token", "bearer", "jwt", "jwe", "id token hint", "refresh", "xoxp", "assertion", "saml response"],
  secret: ["secret", "secret value", "secret string", "secret binary", "shared secret", "client assertion"],
  "api-key": ["api key", "app key", "application key", "auth key", "subscription key", "account key", "license key"],
  "access-key": [
    "access key",
    "secret key",
    "shared access key",
    "storage key",
    "access key secret",
    "secret key base",
  ],
  "private-key": [
    "private key",
    "signing key",
    "encryption key",
    "master key",
    "ssh key",
    "host key",
    "key pem",
    "hmac key",
    "gpg key",
    "pgp key",
  ],
  credentials: ["credential", "cred", "kubeconfig", "kube config", "security answer", "secret answer"],
  "session-id": ["session id", "sessid", "phpsessid", "jsessionid", "sid", "session key", "session cookie"],
  csrf: ["csrf", "xsrf"],
  otp: [
    "otp",
    "totp",
    "otp code",
    "mfa code",
    "verification code",
    "security code",
    "auth code",
    "recovery code",
    "unlock code",
  ],
  pin: ["pin", "pin code", "card pin"],
  ssn: ["ssn", "social security number", "social security", "social security no"],
  card: ["credit card", "card number", "credit card number", "cc number", "ccnum", "card no"],
  cvv: ["cvv", "cvc", "cvv2", "cvc2", "csc", "card verification value", "card code"],
  "connection-string": ["connection string", "conn string", "connection str", "dsn"],
  signature: ["amz signature", "goog signature", "sig", "hub signature", "hub signature 256"],
  "seed-phrase": ["mnemonic", "seed phrase", "recovery phrase", "backup code"],
};

/** A longer word that ends so is one of that kind, too: `dbpassword`. */
const joined: readonly (readonly [ending: string, kind: string])[] = [
  ["password", "password"],
  ["passwd", "password"],
  ["pswd", "password"],
  ["passphrase", "password"],
  ["passwort", "password"],
  ["kennwort", "password"],
  ["apikey", "api-key"],
  ["secretkey", "access-key"],
  ["accesskey", "access-key"],
  ["privatekey", "private-key"],
  ["clientsecret", "secret"],
  ["appsecret", "secret"],
  ["sharedsecret", "secret"],
  ["accesstoken", "token"],
  ["refreshtoken", "token"],
  ["idtoken", "token"],
  ["authtoken", "token"],
  ["sessiontoken", "token"],
  ["csrftoken", "csrf"],
  ["xsrftoken", "csrf"],
  ["sessionid", "session-id"],
];

/** But "pass" is mostly how many tests did. */
const numeric = new Set(["password", "otp", "pin", "ssn", "card", "cvv"]);
/** Said of a secret without making it less of one: `passwordHash`, `authorizationHeader`, `new_password_confirmation`. */
const qualifiers = new Set(
  "value header headers text string raw plain plaintext hash hashed digest salt b64 base64 hex old new current confirmation confirm again repeat env bytes encrypted utf8".split(
    " ",
  ),
);
const joinedQualifier = new RegExp(`(?:${[...qualifiers].join("|")})$`);
/** Plurals that are mostly amounts or parts of a parser: `max_tokens`, `tokens`. */
const notPlural = new Set(["token", "pass", "auth", "pin", "sig", "refresh", "pw"]);
const keyTokens = new Set("access refresh auth api session id bearer device reset csrf".split(" "));
/** These words say so only when nothing else does: `auth: "user:pass"`, but not `basicAuth`'s settings or `csrf` of a mode. */
const onlyAlone = new Set(["auth", "refresh", "pass", "sig", "pin", "assertion", "sid", "pw", "csc", "cred", "bearer"]);
const maxKeyUnits = 128;
const maxWords = 5;

export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

const likelyToken: KeyKind = { kind: "token", coversNumbers: false, isLikely: true };

export interface KeyNames {
  /** Further names that stand for secrets, and names and kinds that do not. */
  readonly keys: readonly string[];
  readonly allow: readonly string[];
}

/** Judges names; each answer is remembered, up to a bound. */
export class SecretKeys {
  readonly #kinds = new Map<string, KeyKind>();
  readonly #own = new Map<string, KeyKind>();
  readonly #allowed: ReadonlySet<string>;
  readonly #answers = new Map<string, KeyKind | undefined>();
  /** Every name that is a secret's holds one of these, in small letters; most names hold none. */
  readonly signs: readonly string[];
  readonly #telling: RegExp;

  constructor({ keys, allow }: KeyNames) {
    this.#allowed = new Set(allow.flatMap((name) => [name, wordsOf(name).join(" ")]));
    for (const [kind, names] of Object.entries(endings)) {
      if (this.#allowed.has(kind)) continue;
      for (const name of names) {
        const of = { kind, coversNumbers: numeric.has(kind) && name !== "pass" };
        this.#kinds.set(name, of);
        // Written without a gap, as in HMACKEY: what an environment makes of camelCase.
        this.#kinds.set(name.replaceAll(" ", ""), of);
      }
    }
    for (const name of keys) {
      const words = wordsOf(name);
      if (words.length > 0) this.#own.set(words.join(" "), { kind: words.join("-").slice(0, 40), coversNumbers: true });
    }
    const names = [...this.#kinds.keys(), ...this.#own.keys(), ...joined.map(([ending]) => ending)];
    this.signs = signsOf(names);
    this.#telling = new RegExp(this.signs.join("|"));
  }

  /** Whether one of the names may stand somewhere in a text. */
  mayStandIn(text: string): boolean {
    return this.#telling.test(text.toLowerCase());
  }

  kindOf(name: string): KeyKind | undefined {
    const known = this.#answers.get(name);
    if (known !== undefined || this.#answers.has(name)) return known;
    const kind = this.#telling.test(name.toLowerCase()) ? this.#judge(name) : undefined;
    if (this.#answers.size >= 10_000) this.#answers.clear();
    if (name.length <= maxKeyUnits) this.#answers.set(name, kind);
    return kind;
  }

  /** Of a name that stands for secrets as well as for something else. */
  likelyKindOf(name: string): KeyKind | undefined {
    if (!/tokens$/i.test(name) || this.#allowed.has(name) || this.#allowed.has(wordsOf(name).join(" ")))
      return undefined;
    return this.#allowed.has("token") || this.kindOf(name) !== undefined ? undefined : likelyToken;
  }

  #judge(name: string): KeyKind | undefined {
    // Of a longer text only its end can name what follows it.
    const words = wordsOf(name.slice(-maxKeyUnits)).slice(-maxWords - 3);
    if (this.#allowed.has(words.join(" "))) return undefined;
    // The shell's working folder, and the one before.
    if (name === "PWD" || name === "OLDPWD" || name === "INIT_CWD") return undefined;
    const own = longestEnding(words, this.#own);
    if (own !== undefined) return own;
    for (;;) {
      const kind = this.#kindOfEnding(words);
      if (kind !== undefined || words.length < 2) return kind;
      const last = words.at(-1) ?? "";
      if (!qualifiers.has(last) && !/^\d+$/.test(last)) return undefined;
      words.pop();
    }
  }

  #kindOfEnding(all: readonly string[]): KeyKind | undefined {
    const [words, last] = [all.slice(0, -1), all.at(-1)];
    if (last === undefined) return undefined;
    const stem = last.length > 3 ? last.replace(/(?<=[a-z])\d+$/, "") : last;
    for (const word of [last, stem, singular(stem, words.at(-1))]) {
      const found = longestEnding([...words, word], this.#kinds);
      const isAmbiguous = words.length > 0 && onlyAlone.has(word) && !this.#isMoreThan(words, word);
      if (found !== undefined && !isAmbiguous) return found;
    }
    return this.#kindOfJoined(stem) ?? this.#kindOfJoined(stem.replace(joinedQualifier, ""));
  }

  /** Of `dbpassword`, of `passwordhash` without its `hash`. */
  #kindOfJoined(word: string): KeyKind | undefined {
    const whole = onlyAlone.has(word) ? undefined : this.#kinds.get(word);
    if (whole !== undefined) return whole;
    const [, kind] = joined.find(([ending]) => word.endsWith(ending)) ?? [];
    return kind === undefined || this.#allowed.has(kind) ? undefined : { kind, coversNumbers: numeric.has(kind) };
  }

  /** Two words name it together, whatever the last alone would say. */
  #isMoreThan(words: readonly string[], word: string): boolean {
    return this.#kinds.has(`${words.at(-1) ?? ""} ${word}`) || ownerWords.has(words.at(-1) ?? "");
  }
}

/** Words that are rarer than those beside them in names of several. */
const tellingWords = new Set(["key", "auth", "card"]);

/** One word of each name, and none that holds another one. */
function signsOf(names: readonly string[]): string[] {
  const alone = new Set(names.filter((name) => !name.includes(" ")));
  const words = names.map((name) => {
    const all = name.split(" ");
    const longest = all.reduce((long, word) => (word.length >= long.length ? word : long), "");
    return all.find((word) => alone.has(word) || tellingWords.has(word)) ?? longest;
  });
  return [...new Set(words)].filter((word) => !words.some((other) => other !== word && word.includes(other)));
}

/** In front of a word that is ambiguous alone: `dbPass`, `connect.sid`, `smtp_auth`. */
const ownerWords = new Set(
  "db user admin root smtp mail email ftp proxy connect mysql pg postgres redis card http".split(" "),
);

function longestEnding(words: readonly string[], among: ReadonlyMap<string, KeyKind>): KeyKind | undefined {
  for (let from = Math.max(0, words.length - maxWords); from < words.length; from++) {
    const found = among.get(words.slice(from).join(" "));
    if (found !== undefined) return found;
  }
  return undefined;
}

function singular(word: string, before: string | undefined): string {
  if (!word.endsWith("s") || word.length < 4) return word;
  const one = word.slice(0, -1);
  return notPlural.has(one) && !(one === "token" && keyTokens.has(before ?? "")) ? word : one;
}

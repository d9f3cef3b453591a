// What stands in place of a value whose name says that it is secret. Of headers the parts that are no secret stay: the
// scheme of an authorization, the names of cookies and the attributes of Set-Cookie.
import { isMask } from "./no-secrets.js";
import { isPseudonym, type Pseudonyms } from "./pseudonym-text.js";

const scheme = /^(Bearer|Basic|Digest|Token|Negotiate|ApiKey|OAuth|Hawk|NTLM|DPoP|AWS4-HMAC-SHA256)[ \t]{1,4}/i;
const cookieAttributes = /^(?:path|domain|expires|max-age|samesite|priority|httponly|secure|partitioned)$/i;

export function secretReplacement(pseudonyms: Pseudonyms, kind: string, value: string): string {
  if (value === "" || isPseudonym(value) || isMask(value)) return value;
  if (kind === "cookie" && value.includes("=")) return cookies(pseudonyms, value);
  const found = scheme.exec(value)?.[0] ?? "";
  const secret = value.slice(found.length);
  return secret === "" ? pseudonyms.of(kind, value) : found + withoutSecret(pseudonyms, kind, secret);
}

const withoutSecret = (pseudonyms: Pseudonyms, kind: string, secret: string): string =>
  isPseudonym(secret) ? secret : pseudonyms.of(kind, plain(secret));

function cookies(pseudonyms: Pseudonyms, value: string): string {
  return value
    .split(";")
    .map((part) => {
      const at = part.indexOf("=");
      const name = part.slice(0, Math.max(at, 0)).trim();
      const content = part.slice(at + 1).trim();
      if (content === "" || cookieAttributes.test(name) || (at < 0 && cookieAttributes.test(content))) return part;
      const hidden = withoutSecret(pseudonyms, "cookie", content);
      return at < 0 ? ` ${hidden}` : `${part.slice(0, at + 1)}${hidden}`;
    })
    .join(";");
}

/** The secret itself, where it was written for a URL or within JSON: so the same one is seen to be the same. */
export function plain(secret: string): string {
  try {
    if (secret.includes("%")) return decodeURIComponent(secret);
    if (secret.includes("\\") && secret.length < 4096) {
      const text: unknown = JSON.parse(`"${secret}"`);
      return typeof text === "string" ? text : secret;
    }
    return secret;
  } catch {
    return secret; // it only looks escaped
  }
}

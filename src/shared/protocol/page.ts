// How both hosts serve the page: which addresses are files of the build, their types, and the policy that the page runs
// under. `index.html` carries `cspNoncePlaceholder` wherever a nonce belongs; each response gets its own.

export const cspNoncePlaceholder = "__CSP_NONCE__";

export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Headers of every answer, files and refusals alike. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

const contentTypes: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  ico: "image/x-icon",
  woff2: "font/woff2",
  wasm: "application/wasm",
};

export interface PageFile {
  /** Below the build's folder, "/" between its parts. */
  readonly path: string;
  readonly contentType: string;
  /** The build put a hash of the contents into its name. */
  readonly isImmutable: boolean;
}

/**
 * The file that an address names; absent when it cannot be one. An address is split and checked part by part, so
 * nothing outside the build's folder can be named, however it is written.
 */
export function pageFileAt(pathname: string): PageFile | undefined {
  const path = decoded(pathname)?.slice(1);
  if (path === undefined) return undefined;
  const parts = path === "" ? ["index.html"] : path.split("/");
  if (!parts.every((part) => /^[\w@~-][\w.@~-]*$/.test(part))) return undefined;
  const extension = parts.at(-1)?.split(".").at(-1) ?? "";
  const contentType = contentTypes[extension];
  if (contentType === undefined) return undefined;
  return { path: parts.join("/"), contentType, isImmutable: parts[0] === "assets" };
}

function decoded(pathname: string): string | undefined {
  if (!pathname.startsWith("/")) return undefined;
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

// The page as app://hindcast/…: files of the build under the same policy as the serve host's, and nothing else.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { protocol } from "electron";
import { contentSecurityPolicy, cspNoncePlaceholder, pageFileAt, pageHeaders } from "../shared/protocol/page.js";

const scheme = "app";
const host = "hindcast";
export const pageOrigin = `${scheme}://${host}`;

/** Must be called before the app is ready. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

export function servePage(folder: string): void {
  protocol.handle(scheme, async (request) => {
    const address = new URL(request.url);
    const file = address.host === host && request.method === "GET" ? pageFileAt(address.pathname) : undefined;
    const contents = file === undefined ? undefined : await readFile(join(folder, file.path)).catch(() => undefined);
    if (file === undefined || contents === undefined) return new Response("There is no such file.", { status: 404 });
    const headers = { ...pageHeaders, "content-type": file.contentType };
    if (file.path !== "index.html") return new Response(new Uint8Array(contents), { headers });
    const nonce = randomBytes(16).toString("base64");
    return new Response(contents.toString("utf8").replaceAll(cspNoncePlaceholder, nonce), {
      headers: { ...headers, "content-security-policy": contentSecurityPolicy(nonce), "cache-control": "no-store" },
    });
  });
}

export function pageAddress(open: string | undefined): string {
  const address = new URL(`${pageOrigin}/index.html`);
  if (open !== undefined) address.searchParams.set("open", open);
  return address.href;
}

const octet = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const loopbackAddress = new RegExp(`^127(?:\\.${octet}){3}$`);

/** Whether a host, by its name or address alone, is this machine; "[::1]" as in addresses of pages, too. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || loopbackAddress.test(name);
}

// Globs of --include and --exclude: `*` and `?` stay within one path segment, `**` crosses them, `{a,b}` is either.
// A glob without wildcards also means everything below it: `src` is `src/**`.

/** Tests paths with `/` between segments, relative to the program's working directory. */
export function matcherOf(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map((glob) => new RegExp(`^(?:${patternFrom(normalised(glob))})$`, "u"));
  return (path) => patterns.some((pattern) => pattern.test(path));
}

const normalised = (glob: string): string => {
  const path = glob.replaceAll("\\", "/").replace(/^\.\//, "");
  return /[*?{]/.test(path) ? path : `{${path},${path.replace(/\/$/, "")}/**}`;
};

function patternFrom(glob: string): string {
  let depth = 0;
  return glob.replaceAll(/\*\*\/|\*\*|\*|\?|[{},]|[\\^$.|+()[\]]/g, (token) => {
    switch (token) {
      case "**/":
        return "(?:.*/)?";
      case "**":
        return ".*";
      case "*":
        return "[^/]*";
      case "?":
        return "[^/]";
      case "{":
        depth++;
        return "(?:";
      case "}":
        return depth-- > 0 ? ")" : "\\}";
      case ",":
        return depth > 0 ? "|" : ",";
      default:
        return `\\${token}`;
    }
  });
}

// Reads the window's tokens and checks WCAG contrast of every pair that occurs, in both themes, and that the palette's
// colours and the playhead stay apart under simulated colour blindness (Machado 2009, severity 1).
import { readFileSync } from "node:fs";

type Tokens = ReadonlyMap<string, string>;
type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const css = readFileSync(new URL("../src/renderer/app/tokens.css", import.meta.url), "utf8");

/** The hex colours declared between a marker and the end of its block. */
function tokensOf(marker: string, end: string): Tokens {
  const from = css.indexOf(marker);
  if (from < 0) throw new Error(`tokens.css has no ${marker}`);
  const block = css.slice(from, css.indexOf(end, from));
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map((match) => [match[1] ?? "", match[2] ?? ""]),
  );
}

const themes: readonly (readonly [name: string, tokens: Tokens])[] = [
  ["dark", tokensOf('[data-theme="dark"] {', "\n}")],
  ["light", tokensOf('[data-theme="light"] {', "\n}")],
];
const preferredLight = tokensOf("(prefers-color-scheme: light)", "\n}");

function linearOf(hex: string): Triple {
  const channel = (at: number) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const luminance = (hex: string): number => dot(linearOf(hex), [0.2126, 0.7152, 0.0722]);

function contrast(front: string, back: string): number {
  const [a, b] = [luminance(front), luminance(back)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function oklab(rgb: Triple): Triple {
  const l = Math.cbrt(dot(rgb, [0.4122214708, 0.5363325363, 0.0514459929]));
  const m = Math.cbrt(dot(rgb, [0.2119034982, 0.6806995451, 0.1073969566]));
  const s = Math.cbrt(dot(rgb, [0.0883024619, 0.2817188376, 0.6299787005]));
  const lms: Triple = [l, m, s];
  return [
    dot(lms, [0.2104542553, 0.793617785, -0.0040720468]),
    dot(lms, [1.9779984951, -2.428592205, 0.4505937099]),
    dot(lms, [0.0259040371, 0.7827717662, -0.808675766]),
  ];
}

const visions: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Distance in OKLab ×100 as somebody with that vision sees it. */
function distance(one: string, other: string, vision: Matrix): number {
  const seen = (hex: string): Triple => {
    const rgb = linearOf(hex);
    return oklab([
      Math.max(0, dot(vision[0], rgb)),
      Math.max(0, dot(vision[1], rgb)),
      Math.max(0, dot(vision[2], rgb)),
    ]);
  };
  const [a, b] = [seen(one), seen(other)];
  return 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const textRatio = 4.5;
const graphicRatio = 3;
const leastDistance = 7;

const severities = ["ok", "warn", "degraded", "critical"];
const categories = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `cat-${n}`);
const surfaces = ["app", "sunken", "pane", "raised", "hover"].map((name) => `surface-${name}`);
const strongSurfaces = ["control", "active", "selected"].map((name) => `surface-${name}`);
const code = ["keyword", "function", "string", "number", "comment", "punct"].map((name) => `code-${name}`);

const cross = (fronts: readonly string[], backs: readonly string[], ratio: number) =>
  fronts.flatMap((front) => backs.map((back) => ({ front, back, ratio })));

const pairs = [
  ...cross(["text-1", "text-2", "text-3"], [...surfaces, ...strongSurfaces], textRatio),
  ...cross(["text-1", "text-2"], ["playhead-tint", ...severities.map((name) => `${name}-tint`)], textRatio),
  ...cross(
    ["text-1", "text-2"],
    categories.map((name) => `${name}-fill`),
    textRatio,
  ),
  ...cross(code, ["surface-sunken", "surface-pane", "surface-hover", "surface-selected"], textRatio),
  ...cross(code.slice(0, 4), ["playhead-tint"], textRatio),
  ...cross([...severities, ...categories, "playhead", "accent"], ["surface-pane", "surface-sunken"], graphicRatio),
  ...severities.flatMap((name) =>
    cross([`${name}-text`], ["surface-pane", "surface-raised", `${name}-tint`], textRatio),
  ),
  ...cross(["accent"], ["surface-app", "surface-raised"], graphicRatio),
  ...cross(["text-1"], ["surface-match"], textRatio),
  ...cross(["accent-text"], ["surface-pane", "accent-tint"], textRatio),
  ...cross(["text-on-solid"], ["accent", "accent-text", "critical"], textRatio),
  ...cross(["playhead-text"], ["surface-pane", "playhead-tint"], textRatio),
  ...cross(["on-playhead"], ["playhead"], textRatio),
  ...cross(["line-3"], ["surface-pane", "surface-raised"], graphicRatio),
];

function contrastProblems(theme: string, tokens: Tokens): string[] {
  return pairs.flatMap(({ front, back, ratio }) => {
    const [frontHex, backHex] = [tokens.get(front), tokens.get(back)];
    if (frontHex === undefined || backHex === undefined) return [`${theme}: ${front} or ${back} is missing`];
    const found = contrast(frontHex, backHex);
    return found < ratio ? [`${theme}: ${front} on ${back} has ${found.toFixed(2)}, needs ${ratio}`] : [];
  });
}

function paletteProblems(theme: string, tokens: Tokens): string[] {
  const marks = [...categories, "playhead"];
  return Object.entries(visions).flatMap(([name, vision]) =>
    marks.flatMap((one, index) =>
      marks.slice(0, index).flatMap((other) => {
        const apart = distance(tokens.get(one) ?? "#000000", tokens.get(other) ?? "#000000", vision);
        return apart < leastDistance
          ? [`${theme}: ${other} and ${one} are ${apart.toFixed(1)} apart with ${name} vision`]
          : [];
      }),
    ),
  );
}

const light = themes[1]?.[1] ?? new Map<string, string>();
const problems = [
  ...themes.flatMap(([theme, tokens]) => [...contrastProblems(theme, tokens), ...paletteProblems(theme, tokens)]),
  ...[...light].flatMap(([name, hex]) =>
    preferredLight.get(name) === hex ? [] : [`light: ${name} differs between the theme and the system's preference`],
  ),
];
for (const problem of problems) console.log(problem);
console.log(
  problems.length === 0 ? `${pairs.length} pairs in ${themes.length} themes pass` : `${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

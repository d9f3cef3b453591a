// docs/errors.md as text: every code of the catalogue with its sentence and the next step, in alphabetical order.

export interface DocumentedError {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

export function errorsPage(errors: readonly DocumentedError[]): string {
  const sorted = [...errors].sort((a, b) => (a.code < b.code ? -1 : 1));
  const rows = sorted.map(({ code, message, next }) => `| \`${code}\` | ${cell(message)} | ${cell(next)} |`);
  return `# Errors

Every error Hindcast shows has a stable code, one sentence and the next step. The command line, the window and this page
say the same words; \`{name}\` stands for a detail of the case. Generated from \`src/shared/protocol/errors.ts\` by
\`npm run docs:generate\`.

| Code | What it says | What to do |
| --- | --- | --- |
${rows.join("\n")}
`;
}

// Lints components; TypeScript is linted with its types by oxlint (.oxlintrc.json), which does not read components.
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";

const components = ["**/*.svelte", "**/*.svelte.ts"];

export default tseslint.config(
  { ignores: ["out/**", "**/node_modules/**", ".cache/**", "test-results/**", "playwright-report/**"] },
  {
    // Without the rules that need types: they cost seconds per component. svelte-check judges the types of components, and
    // what computes lives in .ts files.
    files: components,
    extends: [...tseslint.configs.strict],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-console": "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      eqeqeq: "error",
    },
  },
  ...svelte.configs.recommended,
  { files: components, languageOptions: { parserOptions: { parser: tseslint.parser } } },
  // Modules with runes are plain TypeScript to the parser.
  { files: ["**/*.svelte.ts"], languageOptions: { parser: tseslint.parser } },
  {
    files: components,
    rules: {
      "svelte/no-at-html-tags": "error",
      // What is reactive is said by a rune. Plain Maps and Dates beside them are meant to be plain.
      "svelte/prefer-svelte-reactivity": "off",
      // svelte-check is the judge of compiler warnings, and fails on them.
      "svelte/no-unused-svelte-ignore": "off",
      // `let { a, b = $bindable() } = $props()` cannot be split.
      "prefer-const": "off",
      "svelte/prefer-const": ["error", { destructuring: "all" }],
    },
  },
);

// Type-checked strict linting. Where a cast is allowed is said in one place: `castingFiles`.
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";

// Decoders turn `unknown` into types after looking; brand files hold the one constructor of each brand; the answer to a
// request between two threads of ours is of the request's kind.
const castingFiles = [
  "src/shared/trace/time.ts",
  "src/shared/trace/value.ts",
  "src/shared/protocol/captured-value-codec.ts",
  "src/shared/protocol/rpc.ts",
  "src/engine/recorder/recorder.ts",
  "src/agent/own-data.ts",
  "src/agent/attributes.ts",
  "src/api/index.ts",
  "src/cli/decode-args.ts",
];

const printingFiles = ["src/cli/**", "tools/**", "examples/**", "bench/**", "e2e/**", "test/**"];

export default tseslint.config(
  {
    ignores: [
      "out/**",
      "node_modules/**",
      "**/node_modules/**",
      ".cache/**",
      // Compiled with the programs that use it; index.ts beside it is what is linted.
      "src/api/index.d.ts",
      // Made of rules.grammar.
      "src/rules/syntax/parser-tables.ts",
      "test-results/**",
      "playwright-report/**",
    ],
  },
  {
    files: ["**/*.ts", "**/*.svelte"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: "tsconfig.lint.json",
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: [".svelte"],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/no-unnecessary-condition": ["error", { allowConstantLoopConditions: true }],
      // Generic calls such as `call<Name>(…)` document their type even where it is used once.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // Interfaces here are written in method syntax and implemented by closures; passing one on is fine.
      "@typescript-eslint/unbound-method": "off",
      // `void value` in a rune says "depends on it".
      "@typescript-eslint/no-meaningless-void-operator": "off",
      // Splitting text into code points is what is meant where it is done.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      // `return stop()` in a function that returns nothing reads well and cannot go wrong under `strict`.
      "@typescript-eslint/no-confusing-void-expression": "off",
      // A sixth of the time for nothing: there are no enums here, and classes with private fields are told apart by the compiler.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "no-console": "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      eqeqeq: "error",
    },
  },
  {
    files: castingFiles,
    rules: { "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "as" }] },
  },
  {
    // The agent calls saved originals with the program's own `this`, and does not believe the types of the program's values.
    files: ["src/agent/**"],
    rules: {
      "@typescript-eslint/no-this-alias": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
    },
  },
  { files: printingFiles, rules: { "no-console": "off" } },
  {
    files: ["**/*.test.ts", "**/*.test-support.ts", "e2e/**", "test/**"],
    rules: {
      // Tests put wrong values in on purpose and compare what comes out as a whole.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/consistent-type-assertions": "off",
      "@typescript-eslint/no-extraneous-class": "off",
    },
  },
  {
    // Rules that need types cost seconds per component; svelte-check judges the types of components, and what computes lives
    // in .ts files.
    files: ["**/*.svelte"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  ...svelte.configs.recommended,
  { files: ["**/*.svelte"], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  // Modules with runes are plain TypeScript to the parser, and are then read once with everything else.
  { files: ["**/*.svelte.ts"], languageOptions: { parser: tseslint.parser } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
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

// The language a file is in, by its name: JavaScript, or TypeScript, each with JSX where its name says so.
import { LRLanguage } from "@codemirror/language";
import { parser } from "@lezer/javascript";

const languages = {
  javascript: LRLanguage.define({ name: "javascript", parser: parser.configure({ dialect: "jsx" }) }),
  typescript: LRLanguage.define({ name: "typescript", parser: parser.configure({ dialect: "ts" }) }),
  // `<T>(x: T) => x` and `<T>x` mean something else where JSX may stand.
  typescriptJsx: LRLanguage.define({ name: "typescript-jsx", parser: parser.configure({ dialect: "ts jsx" }) }),
};

export function sourceLanguage(file: string): LRLanguage {
  if (/\.tsx$/i.test(file)) return languages.typescriptJsx;
  return /\.[cm]?ts$/i.test(file) ? languages.typescript : languages.javascript;
}

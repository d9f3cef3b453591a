/** A primitive that only its own constructor function makes: `Brand<number, "Seq">` is not any number. */
export type Brand<Base, Name extends string> = Base & { readonly __brand: Name };

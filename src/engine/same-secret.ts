import { createHash, timingSafeEqual } from "node:crypto";

/** Compares digests: equal lengths, and time that says nothing about where two secrets differ. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

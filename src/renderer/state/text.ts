// How times, lengths, counts and sizes are written, everywhere in the window.
// A time of day is in the zone that the settings say.
// Digits come in groups of three with a thin space, the minus is a real one, a unit follows a space.

import { type ClockParts, clockPartsOf } from "./zone.svelte.js";

const thinSpace = "\u2009";
const two = (n: number) => String(n).padStart(2, "0");
const three = (n: number) => String(n).padStart(3, "0");

/** Digits after the second: none, milli, micro or nano. */
export type SubSecondDigits = 0 | 3 | 6 | 9;

/** `14:20:31.642 318 204` */
export function clockText(at: bigint, digits: SubSecondDigits = 3): string {
  const { hours, minutes, seconds } = clockPartsOf(new Date(Number(at / 1_000_000n)));
  return `${two(hours)}:${two(minutes)}:${two(seconds)}${subSecondText(Number(at % 1_000_000_000n), digits)}`;
}

/** `20:31.642 318`: for rows of a list, whose hour the ruler says. */
export const withinHourText = (at: bigint, digits: SubSecondDigits = 6): string => clockText(at, digits).slice(3);

/** `31.642` or `31.642 318`: for rows whose hour and minute stand in the header. */
export function secondsText(at: bigint, digits: SubSecondDigits = 3): string {
  return `${two(new Date(Number(at / 1_000_000n)).getSeconds())}${subSecondText(Number(at % 1_000_000_000n), digits)}`;
}

function subSecondText(ns: number, digits: SubSecondDigits): string {
  if (digits === 0) return "";
  const groups = [Math.floor(ns / 1e6), Math.floor(ns / 1e3) % 1000, ns % 1000].slice(0, digits / 3);
  return `.${groups.map(three).join(thinSpace)}`;
}

/** What a tick says at a given step: only as much as neighbours differ in. */
export function tickText(at: bigint, stepNs: number): string {
  if (stepNs >= 60e9) return clockText(at, 0).slice(0, 5);
  if (stepNs >= 1e9) return clockText(at, 0);
  return secondsText(at, digitsFor(stepNs));
}

/** As many digits as a step can tell apart. */
export function digitsFor(stepNs: number): SubSecondDigits {
  if (stepNs >= 1e9) return 0;
  if (stepNs >= 1e6) return 3;
  return stepNs >= 1e3 ? 6 : 9;
}

/** `+18.642`, `+18:21.642`, `+1:18:21.642` from the start. */
export function offsetText(ns: number): string {
  const ms = Math.round(Math.abs(ns) / 1e6);
  const sign = ns < 0 && ms > 0 ? "−" : "+";
  const seconds = Math.floor(ms / 1000) % 60;
  const minutes = Math.floor(ms / 60_000) % 60;
  const hours = Math.floor(ms / 3_600_000);
  const tail = `.${three(ms % 1000)}`;
  if (hours > 0) return `${sign}${hours}:${two(minutes)}:${two(seconds)}${tail}`;
  if (minutes > 0) return `${sign}${minutes}:${two(seconds)}${tail}`;
  return `${sign}${seconds}${tail}`;
}

/** A length for reading in a line: `0.4 ms`, `640 ms`, `1.42 s`, `4 m 38 s`, `1 h 12 m`. */
export function durationText(ns: number): string {
  if (ns < 1e3) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${shortNumber(ns / 1e3)} µs`;
  if (ns < 1e9) return `${shortNumber(ns / 1e6)} ms`;
  if (ns < 60e9) return `${shortNumber(ns / 1e9)} s`;
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} m`;
}

/** How long something has been running, in its largest unit: `12 s`, `38 m`, `2 h`, `31 d`. */
export function ageText(ns: number): string {
  const seconds = Math.max(0, Math.floor(ns / 1e9));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** A length as a clock shows it: `00:42`, `38:42`, `1:12:08`. */
export function stopwatchText(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3600 ? tail : `${Math.floor(seconds / 3600)}:${tail}`;
}

/** Three significant digits: `0.41`, `4.1`, `41`, `412`. */
function shortNumber(n: number): string {
  if (n >= 100) return String(Math.round(n));
  return String(Number(n.toPrecision(3)));
}

/** `1 284`, `−3`. */
export function countText(n: number): string {
  const digits = String(Math.abs(Math.round(n))).replace(/\B(?=(\d{3})+$)/g, thinSpace);
  return n < 0 ? `−${digits}` : digits;
}

/** `1 record`, `1 284 records`. */
export const countedText = (n: number, one: string): string => `${countText(n)} ${one}${n === 1 ? "" : "s"}`;

/** A share of one whole: `0.4 %`, `12 %`, `140 %`. */
export const percentText = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** Decimal units, as disks and file managers count: `6 MB`, `1.2 GB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3), units.length - 1);
  const scaled = bytes / 1000 ** power;
  const shown = power === 0 || Math.abs(scaled) >= 10 ? String(Math.round(scaled)) : scaled.toFixed(1);
  return `${shown.replace("-", "−")} ${units[power] ?? "B"}`;
}

/** `Today 14:40`, `Yesterday`, `18 Nov`, `18 Nov 2024`. */
export function dayText(at: bigint, now: Date): string {
  const [when, today] = [clockPartsOf(new Date(Number(at / 1_000_000n))), clockPartsOf(now)];
  const dayNumber = ({ year, month, day }: ClockParts) => Date.UTC(year, month, day) / 86_400_000;
  const daysAgo = dayNumber(today) - dayNumber(when);
  if (daysAgo === 0) return `Today ${two(when.hours)}:${two(when.minutes)}`;
  if (daysAgo === 1) return "Yesterday";
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][when.month];
  const day = `${when.day} ${month ?? ""}`;
  return when.year === today.year ? day : `${day} ${when.year}`;
}

// Looks a symbol up in a 64-bit little-endian ELF file, as Node's binaries for Linux are. Anything else has no symbols here.
import { type FileHandle, open } from "node:fs/promises";

export interface ElfSymbol {
  readonly address: number;
  /** Only where the file was loaded says where that is in memory. */
  readonly isRelocated: boolean;
}

/** Which table: names that others link to, or all there were when it was built, which a stripped file has not. */
export type SymbolTable = "dynamic" | "static";

const sectionTypes: Readonly<Record<SymbolTable, number>> = { static: 2, dynamic: 11 };
const headerBytes = 64;
const sectionBytes = 64;
const symbolBytes = 24;
/** The tables of the largest builds of Node have a fifth of this. */
const mostTableBytes = 256 * 1024 * 1024;
const relocatable = 3;

/** Found also where the compiler added a number to the name, as it does to what it has moved (`name.0`). */
export async function symbolIn(path: string, table: SymbolTable, name: string): Promise<ElfSymbol | undefined> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    return await find(file, table, name);
  } finally {
    await file.close();
  }
}

async function find(file: FileHandle, table: SymbolTable, name: string): Promise<ElfSymbol | undefined> {
  const header = await read(file, 0, headerBytes);
  if (header?.toString("latin1", 0, 6) !== "\x7fELF\x02\x01") return undefined;
  const sections = await read(file, Number(header.readBigUInt64LE(40)), header.readUInt16LE(60) * sectionBytes);
  if (sections === undefined) return undefined;
  for (let at = 0; at < sections.length; at += sectionBytes) {
    if (sections.readUInt32LE(at + 4) !== sectionTypes[table]) continue;
    const namesAt = sections.readUInt32LE(at + 40) * sectionBytes;
    if (namesAt + sectionBytes > sections.length) return undefined;
    const [symbols, names] = [
      await read(file, ...placeOf(sections, at)),
      await read(file, ...placeOf(sections, namesAt)),
    ];
    if (symbols === undefined || names === undefined) return undefined;
    const address = addressOf(symbols, placesOfName(names, name));
    if (address !== undefined) return { address, isRelocated: header.readUInt16LE(16) === relocatable };
  }
  return undefined;
}

const placeOf = (sections: Buffer, at: number): [offset: number, bytes: number] => [
  Number(sections.readBigUInt64LE(at + 24)),
  Number(sections.readBigUInt64LE(at + 32)),
];

/** Where in the table of names it stands as a whole, or as the end of a longer one, which linkers share. */
function placesOfName(names: Buffer, name: string): Set<number> {
  const places = new Set<number>();
  for (let at = names.indexOf(name); at !== -1; at = names.indexOf(name, at + 1)) {
    let end = at + name.length;
    if (names[end] === dot)
      do end++;
      while (isDigit(names[end]));
    if (names[end] === 0) places.add(at);
  }
  return places;
}

const dot = 46;
const isDigit = (code: number | undefined): boolean => code !== undefined && code >= 48 && code <= 57;

function addressOf(symbols: Buffer, names: ReadonlySet<number>): number | undefined {
  for (let at = 0; at + symbolBytes <= symbols.length; at += symbolBytes) {
    const isDefined = symbols.readUInt16LE(at + 6) !== 0;
    if (isDefined && names.has(symbols.readUInt32LE(at))) return Number(symbols.readBigUInt64LE(at + 8));
  }
  return undefined;
}

async function read(file: FileHandle, offset: number, bytes: number): Promise<Buffer | undefined> {
  if (bytes > mostTableBytes || !Number.isSafeInteger(offset)) return undefined;
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return bytesRead === bytes ? buffer : undefined;
}
